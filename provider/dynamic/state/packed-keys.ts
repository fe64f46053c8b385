/**
 * Public keys in packed texts. As text, a key has 56 characters; 32 bytes of it are random, and the others follow from these: the
 * kind of the key, and a checksum.
 */

/** Characters of a key as text, its bytes, and its random bytes. */
const TEXT_LENGTH = 56;
const LENGTH = 35;
const RANDOM_LENGTH = 32;

/** Public keys of users and accounts, and texts that look alike. */
const KEY = /[UA][A-Z2-7]{55}/g;

/** The characters that stand for keys of each kind, by the first byte of the key: no configuration and no text of a set has them. */
const MARKS: ReadonlyMap<number, string> = new Map([
  [20 << 3, "\u0001"],
  [0, "\u0002"],
]);
// oxlint-disable-next-line no-control-regex -- no text contains these
const MARK = /[\u0001\u0002]/g;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const CODES = Uint8Array.from(ALPHABET, (char) => char.charCodeAt(0));
const VALUES = new Uint8Array(128);
CODES.forEach((code, value) => (VALUES[code] = value));

/** CRC-16 of each byte (XMODEM). */
const CRC = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) {
    crc = (crc & 0x80_00) === 0 ? crc << 1 : (crc << 1) ^ 0x10_21;
  }
  return crc & 0xff_ff;
});

/** A text with marks in place of its keys, and the random bytes of the keys, in order. */
export interface TakenKeys {
  readonly text: string;
  readonly keys: Buffer;
}

/** Takes the keys out of a text. The opposite is {@link putKeys}. */
export function takeKeys(text: string): TakenKeys {
  if (text.search(MARK) >= 0) {
    return { text, keys: Buffer.alloc(0) };
  }
  const found: Buffer[] = [];
  const rest = text.replace(KEY, (key) => {
    const bytes = decode(key);
    const mark = isKey(bytes) ? MARKS.get(bytes[0] ?? NaN) : undefined;
    if (mark !== undefined) {
      found.push(bytes.subarray(1, 1 + RANDOM_LENGTH));
    }
    return mark ?? key;
  });
  return { text: rest, keys: Buffer.concat(found) };
}

/** Puts keys back into a text. @param taken result of {@link takeKeys} */
export function putKeys({ text, keys }: TakenKeys): string {
  if (keys.length === 0) {
    return text;
  }
  const prefixes = new Map([...MARKS].map(([prefix, mark]) => [mark, prefix]));
  let at = 0;
  return text.replace(MARK, (mark) => {
    const key = encode(prefixes.get(mark) ?? 0, keys.subarray(at, at + RANDOM_LENGTH));
    at += RANDOM_LENGTH;
    return key;
  });
}

/** Returns whether the bytes are those of a key with a valid checksum. */
function isKey(bytes: Buffer): boolean {
  return bytes.readUInt16LE(LENGTH - 2) === checksum(bytes);
}

function checksum(bytes: Buffer): number {
  let crc = 0;
  for (let index = 0; index < LENGTH - 2; index += 1) {
    crc = ((crc << 8) & 0xff_ff) ^ (CRC[(crc >> 8) ^ (bytes[index] ?? 0)] ?? 0);
  }
  return crc;
}

/** Decodes base32 without padding: 8 characters are 5 bytes. */
function decode(key: string): Buffer {
  const bytes = Buffer.allocUnsafe(LENGTH);
  let [bits, count, end] = [0, 0, 0];
  for (let index = 0; index < TEXT_LENGTH; index += 1) {
    bits = ((bits << 5) | (VALUES[key.charCodeAt(index)] ?? 0)) & 0xf_ff;
    count += 5;
    if (count >= 8) {
      count -= 8;
      bytes[end] = (bits >> count) & 0xff;
      end += 1;
    }
  }
  return bytes;
}

function encode(prefix: number, random: Buffer): string {
  const bytes = Buffer.allocUnsafe(LENGTH);
  bytes[0] = prefix;
  random.copy(bytes, 1);
  bytes.writeUInt16LE(checksum(bytes), LENGTH - 2);
  const text = Buffer.allocUnsafe(TEXT_LENGTH);
  let [bits, count, end] = [0, 0, 0];
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xf_ff;
    count += 8;
    while (count >= 5) {
      count -= 5;
      text[end] = CODES[(bits >> count) & 31] ?? 0;
      end += 1;
    }
  }
  return text.toString("latin1");
}
