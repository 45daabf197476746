package io.diskwright.core.provision;

import io.diskwright.core.source.ImageReference;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;

/**
 * An image and the source that it comes from.
 *
 * @param source the source
 * @param image what it offers
 */
record ResolvedImage(ImageSource source, Image image) {
  static ResolvedImage of(ImageSources sources, ImageRequest request, Call call)
      throws DiskException {
    ImageReference reference = ImageReference.parse(request.reference());
    ImageSource source = sources.forScheme(reference.scheme());
    ImageRequest canonical = request.withReference(reference.text());
    return new ResolvedImage(source, source.resolve(canonical, call));
  }

  ImageData open(Call call) throws DiskException {
    return source.open(image, call);
  }
}
