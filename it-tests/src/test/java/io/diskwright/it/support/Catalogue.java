package io.diskwright.it.support;

import io.diskwright.core.source.FileSourceProvider;
import io.diskwright.spi.Answer;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.Spi;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.spi.image.ImageSourceProvider;
import io.diskwright.spi.image.Location;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A list of one raw image, a file, that also tells where else it lies, as Glance does. */
public final class Catalogue implements ImageSourceProvider {
  private final ImageSourceProvider files = new FileSourceProvider();
  private final String file;
  private final boolean tellsSize;
  private final List<Location> locations;
  private long minimumDiskSize;

  /**
   * Makes one.
   *
   * @param file the image
   * @param tellsSize whether it tells the image's virtual size
   * @param locations where else it lies
   */
  public Catalogue(String file, boolean tellsSize, String... locations) {
    this.file = file;
    this.tellsSize = tellsSize;
    this.locations = Stream.of(locations).map(URI::create).map(Location::new).toList();
  }

  /** Has it say how large a disk must be. */
  public Catalogue withMinimumDiskSize(long bytes) {
    minimumDiskSize = bytes;
    return this;
  }

  @Override
  public String id() {
    return "catalogue";
  }

  @Override
  public int spiVersion() {
    return Spi.VERSION;
  }

  @Override
  public List<ConfigKey<?>> configKeys() {
    return List.of();
  }

  @Override
  public Answer probe() {
    return Answer.ofYes();
  }

  @Override
  public Set<String> schemes() {
    return Set.of("catalogue");
  }

  @Override
  public ImageSource open(Settings settings) throws DiskException {
    ImageSource source = files.open(Settings.builder().build());
    return new ImageSource() {
      @Override
      public Image resolve(ImageRequest request, Call call) throws DiskException {
        Image image = source.resolve(request.withReference("file:" + file), call);
        Image.Builder told =
            Image.builder("catalogue", image.id())
                .format(DiskFormat.RAW)
                .validator(image.validator().orElseThrow())
                .length(image.length().orElseThrow())
                .minimumDiskSize(minimumDiskSize)
                .locations(locations);
        if (tellsSize) {
          told.virtualSize(image.length().orElseThrow());
        }
        return told.build();
      }

      @Override
      public ImageData open(Image image, Call call) throws DiskException {
        return source.open(source.resolve(ImageRequest.of("file:" + file), call), call);
      }

      @Override
      public void close() throws DiskException {
        source.close();
      }
    };
  }
}
