import { deflateRawSync, inflateRawSync } from "node:zlib";
import { putKeys, takeKeys } from "./packed-keys";

/** Begins a packed text. No configuration and no text of a set begins with it. */
const PACKED = "deflate,base64:";

/** Characters from which on a text is packed: a configuration with a few users stays readable in a state. */
const LARGE = 64 * 1024;

/**
 * Packs a large text for the engine, which copies, logs and compares each property several times in each command. Returns any
 * other value unchanged, such as one that is not known yet.
 */
export function packText(text: string): string {
  if (text.length < LARGE || isPacked(text)) {
    return text;
  }
  return (findLast((last) => last.text === text) ?? remember({ text, packed: PACKED + pack(text) })).packed;
}

/** Returns whether a text is packed by {@link packText}. */
export function isPacked(text: string): boolean {
  return text.startsWith(PACKED);
}

/** The inverse of {@link packText}. */
export function unpackText(text: string): string {
  if (!isPacked(text)) {
    return text;
  }
  const packed = findLast((last) => last.packed === text);
  return (packed ?? remember({ text: unpack(text.slice(PACKED.length)), packed: text })).text;
}

/** A text in both forms. */
interface PackedText {
  readonly text: string;
  readonly packed: string;
}

/** The last texts, the latest first. Most updates leave most texts as they are: each occurs several times in a command. */
const lastTexts: PackedText[] = [];
const MAX_LAST = 4;

function findLast(isWanted: (last: PackedText) => boolean): PackedText | undefined {
  return lastTexts.find(isWanted);
}

function remember(one: PackedText): PackedText {
  lastTexts.unshift(one);
  lastTexts.splice(MAX_LAST);
  return one;
}

/** Begins a packed text with its keys in a part of their own, unlike that of earlier versions. No base64 begins with it. */
const WITH_KEYS = "keys:";
/** Bytes of the length of the deflated text, before it. */
const LENGTH_BYTES = 4;

/** Packs any text. The fastest level: apart from keys, much of the texts repeats itself. */
export function pack(text: string): string {
  const taken = takeKeys(text);
  const deflated = deflateRawSync(taken.text, { level: 1 });
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(deflated.length);
  return WITH_KEYS + Buffer.concat([length, deflated, taken.keys]).toString("base64");
}

/** The inverse of {@link pack}. */
export function unpack(packed: string): string {
  if (!packed.startsWith(WITH_KEYS)) {
    return inflateRawSync(Buffer.from(packed, "base64")).toString();
  }
  const bytes = Buffer.from(packed.slice(WITH_KEYS.length), "base64");
  const end = LENGTH_BYTES + bytes.readUInt32BE();
  const text = inflateRawSync(bytes.subarray(LENGTH_BYTES, end)).toString();
  return putKeys({ text, keys: bytes.subarray(end) });
}
