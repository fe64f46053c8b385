import {
  RESPONSE_TYPES,
  type Export,
  type ResponseType,
  type ServiceLatency,
  type ShareType,
} from "../../model/shares/exports";
import type { DeclaredImport } from "../../model/shares/imports";
import { getOwn } from "../../model/form/order";
import type { Problem } from "../../diagnostics/unreadable";
import { Fields } from "../fields";
import { readFields, readTerms, type Absent, type TermReaders } from "../term-readers";
import { ALL_PERCENT, falseToUndefined, parsePercent, zeroToUndefined } from "../values";
import type { FoundInFile } from "./found-in-file";
import { readDuration } from "./permissions";

const JWT_ONLY: Absent = { absent: "nats-server has no such setting outside of JWTs" };

/** The fields of an export, its kind, and the name of the exporting account. */
interface ExportFields {
  readonly entry: Fields;
  readonly type: ShareType;
  readonly exporter: string;
  /** The position of the importing account's key. */
  readonly position: number | undefined;
  readonly found: FoundInFile;
}

const EXPORT: TermReaders<Export, ExportFields> = {
  subject: ({ entry, type }) => entry.text(type) ?? "",
  type: ({ type }) => type,
  importers: (fields) => readImporters(fields),
  responseType: ({ entry }) => readResponseType(entry),
  responseThreshold: ({ entry }) =>
    readDuration(entry, "threshold", "response_threshold", "response_max_time", "response_time"),
  latency: ({ entry }) => readLatency(entry),
  accountTokenPosition: ({ position }) => position,
  allowTrace: ({ entry }) => falseToUndefined(entry.flag("allow_trace")),
  name: JWT_ONLY,
  revocations: { absent: "a static configuration has no activations to revoke" },
  advertise: JWT_ONLY,
  description: JWT_ONLY,
  infoUrl: JWT_ONLY,
};

/**
 * Reads an export. Its importers are accounts by their names in the configuration.
 *
 * @param exporter the name of the exporting account
 */
export function readExport(entry: Fields, exporter: string, found: FoundInFile): Export {
  const position = zeroToUndefined(entry.whole("account_token_position"));
  const read = readTerms(EXPORT, { entry, type: readType(entry), exporter, position, found });
  entry.leaveOutUnknown();
  return read;
}

const POSITION_DECIDES: Problem = {
  code: "NA3022",
  problem: "has no effect: with `account_token_position`, every account can import the subjects with its own key",
  remedy: "No action is needed.",
};

/**
 * To nats-server, an empty list means every account; the exporting account in the list adds no importer. With a position for
 * the importer's key, it ignores the list.
 */
function readImporters({ entry, exporter, position, found }: ExportFields): string[] | undefined {
  const path = entry.pathOf("accounts");
  const accounts = entry.texts("accounts");
  accounts.forEach((name, index) => {
    found.checkAccount(`${path}[${index}]`, name);
  });
  if (accounts.length > 0 && position !== undefined) {
    entry.notes.leaveOut({ ...POSITION_DECIDES, path });
    return undefined;
  }
  return accounts.length === 0 ? undefined : accounts.filter((name) => name !== exporter);
}

/** The fields of an import, and those that several terms share. */
interface ImportFields {
  readonly entry: Fields;
  readonly type: ShareType;
  readonly exporter: string;
  readonly subject: string;
}

const IMPORT: TermReaders<DeclaredImport, ImportFields> = {
  account: ({ exporter }) => exporter,
  subject: ({ subject }) => subject,
  type: ({ type }) => type,
  localSubject: (fields) => readLocalSubject(fields),
  share: ({ entry, type }) => effective(entry, "share", falseToUndefined(entry.flag("share")), type, "service"),
  allowTrace: ({ entry }) => falseToUndefined(entry.flag("allow_trace")),
  name: JWT_ONLY,
};

/** Reads an import. Its exporter is an account by its name in the configuration. */
export function readImport(entry: Fields, found: FoundInFile): DeclaredImport {
  const type = readType(entry);
  const source = entry.fields(type);
  const path = source?.pathOf("account") ?? "";
  if (source !== undefined && !source.isEmpty && !(source.has("account") && source.has("subject"))) {
    entry.notes.wrong("NA3014", source.path, "must have an `account` and a `subject`");
  }
  const [subject, exporter] = [source?.text("subject") ?? "", source?.text("account") ?? ""];
  if (exporter !== "") {
    found.checkAccount(path, exporter);
  }
  const read = readTerms(IMPORT, { entry, type, exporter, subject });
  source?.leaveOutUnknown();
  entry.leaveOutUnknown();
  return read;
}

/** Reads the local subject: `to`, or the prefix before the exported subject of a stream. */
function readLocalSubject({ entry, type, subject }: ImportFields): string | undefined {
  const prefix = effective(entry, "prefix", entry.text("prefix"), type, "stream");
  const local = prefix === undefined ? entry.text("to") : `${prefix.replace(/\.$/, "")}.${subject}`;
  return local === subject ? undefined : local;
}

/** Returns a setting of one type of import, and names it as without effect on the other type. */
function effective<T>(entry: Fields, name: string, value: T | undefined, type: ShareType, of: ShareType) {
  if (value === undefined || type === of) {
    return value;
  }
  const problem = `has no effect: nats-server applies it to imports of ${of}s only`;
  entry.notes.leaveOut({ code: "NA3022", path: entry.pathOf(name), problem, remedy: "No action is needed." });
  return undefined;
}

function readType(entry: Fields): ShareType {
  if (entry.has("service") === entry.has("stream")) {
    entry.notes.wrong("NA3014", entry.path, "must have either `stream` or `service`");
  }
  return entry.has("service") ? "service" : "stream";
}

/** The spellings of nats-server for each response type. */
const RESPONSES: Readonly<Record<string, ResponseType>> = {
  single: "singleton",
  singleton: "singleton",
  stream: "stream",
  chunk: "chunked",
  chunked: "chunked",
};

function readResponseType(entry: Fields): ResponseType | undefined {
  const path = entry.pathOf("response", "response_type");
  const text = entry.text("response", "response_type")?.toLowerCase() ?? "singleton";
  const type = getOwn(RESPONSES, text);
  if (type === undefined) {
    entry.notes.wrong("NA3014", path, `must be one of ${RESPONSE_TYPES.join(", ")}`);
  }
  return type === "singleton" ? undefined : type;
}

const LATENCY: TermReaders<ServiceLatency> = {
  sampling: (latency) => readSampling(latency),
  results: (latency) => latency.text("subject") ?? "",
};

/** Reads latency measurements: a block, or the subject alone. The default is to measure every request. */
function readLatency(entry: Fields): ServiceLatency | undefined {
  const path = entry.pathOf("latency");
  const value = entry.take("latency");
  if (value === undefined) {
    return undefined;
  }
  return typeof value === "string"
    ? { sampling: ALL_PERCENT, results: value }
    : readFields(LATENCY, new Fields(value, path, entry.notes));
}

function readSampling(latency: Fields): ServiceLatency["sampling"] {
  const path = latency.pathOf("sampling");
  const value = latency.take("sampling") ?? ALL_PERCENT;
  if (typeof value === "string" && value.trim().toLowerCase() === "headers") {
    return "headers";
  }
  return parsePercent(value, path, latency.notes);
}
