import { createHash } from "node:crypto";
import { posix } from "node:path";
import { digestOfFiles } from "../../config/config-digest";
import { ROUTES_FILE } from "../../config/listener";
import { quote } from "../../config/syntax";
import { sortEntries } from "../../model/form/order";
import { MAIN_FILE, type ConfigFiles } from "../server";
import { CONFIG_FOLDER, fileInPod } from "./layout";

/**
 * A file with a digest of the others, as a valid configuration: nats-server, run in the pod with `-t`, shows which version of the
 * files has arrived, although the image has no other program. The digest of a configuration does not depend on certificates.
 */
const VERSION_FILE = "version.conf";

/** The data of a Secret. */
export type SecretData = Readonly<Record<string, string>>;

/** Returns the files of a pod in the data of its Secret. */
export function filesIn(data: SecretData, pod: string): ConfigFiles {
  const { length } = fileInPod(pod, "");
  const own = keysOf(data, pod).map((key) => [key.slice(length), decode(data[key] ?? "")] as const);
  return Object.fromEntries(own.filter(([name]) => name !== VERSION_FILE));
}

/** Returns the keys of the files of a pod, and of their version. */
export function keysOf(data: SecretData, pod: string): string[] {
  return Object.keys(data).filter((key) => key.startsWith(fileInPod(pod, "")));
}

/**
 * Returns the data of a Secret for the files of a pod, with their version.
 *
 * @param present the data of the Secret now: if somebody edited files without their version, the version becomes another one, because
 * the edited files may have arrived in the pod
 */
export function toData(files: ConfigFiles, pod: string, present: SecretData = {}): SecretData {
  const data = encodeAll(files, pod);
  const key = fileInPod(pod, VERSION_FILE);
  const digest = digestOf(files);
  const version = decode(present[key] ?? "");
  if (!isVersionOf(version, digest)) {
    return { ...data, [key]: encode(versionText(digest)) };
  }
  const former = filesIn(present, pod);
  const edited = `${digest}-${digestOf({ ...former, [VERSION_FILE]: version })}`;
  return { ...data, [key]: encode(digestOf(former) === digest ? version : versionText(edited)) };
}

/** Returns what changes the files of a pod in a Secret: keys with new values, and null for those that are removed. */
export function changesOf(data: SecretData, next: SecretData, pod: string): Readonly<Record<string, string | null>> {
  const removed = keysOf(data, pod).filter((key) => !Object.hasOwn(next, key));
  return {
    ...Object.fromEntries(Object.entries(next).filter(([key, value]) => data[key] !== value)),
    ...Object.fromEntries(removed.map((key) => [key, null])),
  };
}

/** The version of files: where its file is in the pod, and the digest that nats-server prints for it. */
export interface FilesVersion {
  readonly path: string;
  readonly digest: string;
}

/** Returns the version of the files of a pod in a Secret; undefined if somebody changed them without it. */
export function versionIn(data: SecretData, pod: string): FilesVersion | undefined {
  const text = decode(data[fileInPod(pod, VERSION_FILE)] ?? "");
  return isVersionOf(text, digestOf(filesIn(data, pod)))
    ? { path: pathInPod(pod, VERSION_FILE), digest: digestOfFiles({ [VERSION_FILE]: text }) }
    : undefined;
}

/** Returns the path of a file of a pod in its container. */
export function pathInPod(pod: string, file: string): string {
  return `${CONFIG_FOLDER}/${fileInPod(pod, file)}`;
}

/** Returns the digest by which nats-server names a configuration; undefined if it refers to more than the files. */
export function expectedDigest(files: ConfigFiles, pod: string): string | undefined {
  const { [MAIN_FILE]: main = "", ...others } = files;
  const named = Object.entries(others).map(([name, text]) => [fileInPod(pod, name), text] as const);
  try {
    return digestOfFiles({ [fileInPod(pod, MAIN_FILE)]: main, ...Object.fromEntries(named) });
  } catch {
    return undefined;
  }
}

/** A line that includes another file of the pod. */
const INCLUDE = /^( *include ")\.\//gm;

/** Returns a text of the files of a pod as another file, which includes the same files as before. @param folder where it is */
export function movedTo(folder: string, text: string): string {
  return text.replace(INCLUDE, `$1${posix.relative(folder, CONFIG_FOLDER)}/`);
}

/** The address of a pod in its configuration. */
const ADVERTISED = /^( *advertise: )".*"$/gm;

/**
 * Returns what the files of a pod have in common with those of the other pods of its StatefulSet. The routes are left out: they consist
 * of addresses alone, which are checked when the program runs.
 */
export function withoutNames(files: ConfigFiles, pod: string): readonly (readonly [name: string, text: string])[] {
  return sortEntries(files)
    .filter(([name]) => name !== ROUTES_FILE)
    .map(([name, text]) => [name, text.replaceAll(pod, "").replace(ADVERTISED, '$1""')]);
}

function encodeAll(files: ConfigFiles, pod: string): SecretData {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [fileInPod(pod, name), encode(text)]));
}

function digestOf(files: ConfigFiles): string {
  return createHash("sha256")
    .update(JSON.stringify(sortEntries(files)))
    .digest("hex");
}

function versionText(version: string): string {
  return `server_name: ${quote(version)}\n`;
}

/** Returns whether a text is a version of the files with a digest. */
function isVersionOf(text: string, digest: string): boolean {
  return text.includes(digest);
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64");
}

function decode(data: string): string {
  return Buffer.from(data, "base64").toString();
}
