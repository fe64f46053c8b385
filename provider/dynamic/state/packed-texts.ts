import { deflateRawSync, inflateRawSync } from "node:zlib";

/** Begins a packed text. No configuration and no text of a set begins with it. */
const PACKED = "deflate,base64:";

/** Characters from which on a text is packed: a configuration with a few users stays readable in a state. */
const LARGE = 64 * 1024;

/**
 * Packs a large text for the engine, which copies, logs and compares each property several times in each command. Returns any
 * other value unchanged, such as one that is not known yet.
 */
export function packText(text: string): string {
  const isLarge = text.length >= LARGE && !text.startsWith(PACKED);
  return isLarge ? PACKED + pack(text) : text;
}

/** The inverse of {@link packText}. */
export function unpackText(text: string): string {
  return text.startsWith(PACKED) ? unpack(text.slice(PACKED.length)) : text;
}

/** Packs any text. The fastest level: much of the texts are random keys. */
export function pack(text: string): string {
  return deflateRawSync(text, { level: 1 }).toString("base64");
}

/** The inverse of {@link pack}. */
export function unpack(packed: string): string {
  return inflateRawSync(Buffer.from(packed, "base64")).toString();
}
