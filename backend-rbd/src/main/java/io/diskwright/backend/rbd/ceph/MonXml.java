package io.diskwright.backend.rbd.ceph;

import io.diskwright.toolkit.os.Errno;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** Reads what monitors print: as XML, for which the JDK has a reader. */
final class MonXml {
  private MonXml() {}

  static Element parse(byte[] xml, String cluster) throws CephException {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      return factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml)).getDocumentElement();
    } catch (ParserConfigurationException | SAXException | IOException e) {
      CephException failure =
          new CephException(
              "read what the monitors say at", cluster, Errno.EIO, String.valueOf(e.getMessage()));
      failure.addSuppressed(e);
      throw failure;
    }
  }

  /** Returns all elements of a name below an element. */
  static List<Element> all(Element parent, String name) {
    NodeList found = parent.getElementsByTagName(name);
    return IntStream.range(0, found.getLength()).mapToObj(at -> (Element) found.item(at)).toList();
  }

  /** Returns the text of the first element of a name below an element. */
  static Optional<String> text(Element parent, String name) {
    return all(parent, name).stream().findFirst().map(element -> element.getTextContent().strip());
  }
}
