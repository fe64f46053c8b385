import {
  RESPONSE_TYPES,
  type Export,
  type ResponseType,
  type ServiceLatency,
  type ShareType,
} from "../../model/shares/exports";
import type { Import } from "../../model/shares/imports";
import { normalizeDuration, type Duration } from "../../model/form/quantities";
import { RESPONSE_TYPE_CLAIMS } from "../../jwt/shares";
import type { Timestamp, Revocations } from "../../model/keys/revocations";
import type { Problem } from "../../diagnostics/unreadable";
import type { Fields } from "../fields";
import { readFields, readTerms, type TermReaders } from "../term-readers";
import { falseToUndefined, formatNanoseconds, zeroToUndefined } from "../values";

/** The claims of an export, and those that several terms share. */
interface ExportClaims {
  readonly entry: Fields;
  readonly subject: string;
  readonly accountTokenPosition: number | undefined;
  /** True when importers need activations. */
  readonly isPrivate: boolean;
  readonly revocations: Revocations | undefined;
}

const EXPORT: TermReaders<Export, ExportClaims> = {
  subject: ({ subject }) => subject,
  type: ({ entry }) => readType(entry),
  name: ({ entry, subject }) => readName(entry, subject),
  importers: ({ isPrivate }) => (isPrivate ? [] : undefined),
  revocations: ({ isPrivate, revocations }) => (isPrivate ? revocations : undefined),
  responseType: ({ entry }) => readResponseType(entry),
  responseThreshold: ({ entry }) => readThreshold(entry),
  latency: ({ entry }) => readLatency(entry.fields("service_latency")),
  accountTokenPosition: ({ accountTokenPosition }) => accountTokenPosition,
  advertise: ({ entry }) => falseToUndefined(entry.flag("advertise")),
  allowTrace: ({ entry }) => falseToUndefined(entry.flag("allow_trace")),
  description: ({ entry }) => entry.text("description"),
  infoUrl: ({ entry }) => entry.text("info_url"),
};

/**
 * Reads an export of an account JWT. The JWT of an exporter does not list the importers of a private export, so the list
 * is empty until the activations of other accounts are read. With a position for the importer's key, servers ask for no
 * activation.
 */
export function readExport(entry: Fields): Export {
  const accountTokenPosition = zeroToUndefined(entry.whole("account_token_position"));
  const isPrivate = entry.flag("token_req") === true && accountTokenPosition === undefined;
  const revocations = readRevocations(entry);
  const subject = entry.text("subject") ?? "";
  const read = readTerms(EXPORT, { entry, subject, accountTokenPosition, isPrivate, revocations });
  if (!isPrivate && revocations !== undefined) {
    entry.notes.leaveOut({ ...NO_ACTIVATIONS, path: `${entry.path}.revocations` });
  }
  entry.leaveOutUnknown();
  return read;
}

const NO_ACTIVATIONS: Problem = {
  code: "NA3022",
  problem: "has no effect: the export is imported without activations",
  remedy: "No action is needed.",
};

/** Reads revocations: Unix seconds by public key. */
export function readRevocations(entry: Fields): Revocations | undefined {
  const revoked = entry.members("revocations").flatMap(({ name, value, path }): [string, Timestamp][] => {
    if (!Number.isSafeInteger(value)) {
      entry.notes.wrong("NA3013", path, "must be a whole number of seconds");
      return [];
    }
    return [[name, Number(value)]];
  });
  return revoked.length === 0 ? undefined : Object.fromEntries(revoked);
}

/** Reads the response type; in the model, `singleton` is undefined. */
function readResponseType(entry: Fields): ResponseType | undefined {
  const path = entry.pathOf("response_type");
  const text = entry.text("response_type") ?? RESPONSE_TYPE_CLAIMS.singleton;
  const type = RESPONSE_TYPES.find((known) => RESPONSE_TYPE_CLAIMS[known] === text);
  if (type === undefined) {
    entry.notes.wrong("NA3014", path, `must be one of ${Object.values(RESPONSE_TYPE_CLAIMS).join(", ")}`);
  }
  return type === "singleton" ? undefined : type;
}

function readThreshold(entry: Fields): Duration | undefined {
  const nanoseconds = zeroToUndefined(entry.whole("response_threshold"));
  return nanoseconds === undefined ? undefined : normalizeDuration(formatNanoseconds(nanoseconds));
}

const LATENCY: TermReaders<ServiceLatency> = {
  sampling: (latency) => readSampling(latency),
  results: (latency) => latency.text("results") ?? "",
};

function readLatency(latency: Fields | undefined): ServiceLatency | undefined {
  return latency === undefined ? undefined : readFields(LATENCY, latency);
}

/** Reads a sampling rate: a number, of which Go's library writes zero for "headers", or the string itself. */
function readSampling(latency: Fields): ServiceLatency["sampling"] {
  const path = latency.pathOf("sampling");
  const sampling = latency.take("sampling") ?? 0;
  if (sampling === 0 || (typeof sampling === "string" && sampling.toLowerCase() === "headers")) {
    return "headers";
  }
  if (!Number.isSafeInteger(sampling)) {
    latency.notes.wrong("NA3014", path, 'must be a whole number or "headers"');
  }
  return Number(sampling);
}

/** The claims of an import, and those that several terms share. */
interface ImportClaims {
  readonly entry: Fields;
  readonly type: ShareType;
  /** The claim `subject`, which is not always the subject of the export. */
  readonly claimedSubject: string;
  readonly subjects: Pick<Import, "subject" | "localSubject">;
}

const IMPORT: TermReaders<Import, ImportClaims> = {
  account: ({ entry }) => entry.text("account") ?? "",
  type: ({ type }) => type,
  subject: ({ subjects }) => subjects.subject,
  localSubject: ({ subjects }) => subjects.localSubject,
  name: ({ entry, claimedSubject }) => readName(entry, claimedSubject),
  token: ({ entry }) => entry.text("token"),
  share: ({ entry }) => falseToUndefined(entry.flag("share")),
  allowTrace: ({ entry }) => falseToUndefined(entry.flag("allow_trace")),
};

/** An import of an account JWT. */
export interface ReadImport {
  readonly entry: Import;
  /** The deprecated claim `to`, if the import has it: servers check such an import by other rules. */
  readonly to?: string;
}

/** Reads an import of an account JWT. */
export function readImport(entry: Fields): ReadImport {
  const subject = entry.text("subject") ?? "";
  const type = readType(entry);
  const to = entry.text("to");
  const localSubject = entry.text("local_subject");
  if (to !== undefined && localSubject !== undefined) {
    entry.notes.wrong("NA3014", entry.pathOf("to"), "cannot be combined with `local_subject`, which replaces it");
  }
  const subjects = localSubject === undefined ? convertTo(type, subject, to) : { subject, localSubject };
  const read = readTerms(IMPORT, { entry, type, claimedSubject: subject, subjects });
  entry.leaveOutUnknown();
  return { entry: read, ...(to !== undefined && { to }) };
}

/**
 * Converts the deprecated claim `to` into subjects: the prefix of a stream's local subject, or the exporter's subject of a
 * service.
 */
function convertTo(type: ShareType, subject: string, to: string | undefined): ImportClaims["subjects"] {
  if (to === undefined) {
    return { subject };
  }
  const [exported, local] = type === "service" ? [to, subject] : [subject, `${to.replace(/\.$/, "")}.${subject}`];
  return exported === local ? { subject } : { subject: exported, localSubject: local };
}

/**
 * Reads the kind of an export or import.
 *
 * @param name the name of the claim
 */
export function readType(entry: Fields, name = "type"): ShareType {
  const path = entry.pathOf(name);
  const type = entry.text(name);
  if (type !== "stream" && type !== "service") {
    entry.notes.wrong("NA3014", path, "must be `stream` or `service`");
  }
  return type === "service" ? "service" : "stream";
}

/** Reads a name; undefined when it is the subject, which is the default. */
function readName(entry: Fields, subject: string): string | undefined {
  const name = entry.text("name");
  return name === subject ? undefined : name;
}
