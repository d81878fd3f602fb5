/** Texts in a PNG file: what a picture is of, and who may see it, travel with it. */

/** The picture with these texts (UTF-8, `iTXt`) after its header. */
export function withTexts(
  png: Uint8Array,
  texts: { readonly [key: string]: string }
): Uint8Array<ArrayBuffer> {
  // 8 bytes of signature, then the header: length, type, 13 bytes, checksum
  const at = 8 + 4 + 4 + 13 + 4;
  const chunks = Object.entries(texts).map(([key, text]) => chunk(key, text));
  const size = chunks.reduce((sum, { length }) => sum + length, png.length);
  const made = new Uint8Array(size);
  made.set(png.subarray(0, at));
  let place = at;
  for (const one of chunks) {
    made.set(one, place);
    place += one.length;
  }
  made.set(png.subarray(at), place);
  return made;
}

function chunk(key: string, text: string): Uint8Array {
  const encoder = new TextEncoder();
  // keyword, its end; not compressed, method 0; no language, no translated keyword; the text
  const content = encoder.encode(`iTXt${key.slice(0, 79)}\0\0\0\0\0${text}`);
  const made = new Uint8Array(content.length + 8);
  const view = new DataView(made.buffer);
  view.setUint32(0, content.length - 4);
  made.set(content, 4);
  view.setUint32(content.length + 4, checksum(content));
  return made;
}

/** CRC-32. */
export function checksum(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
  }
  return (crc ^ 0xffffffff) >>> 0;
}
