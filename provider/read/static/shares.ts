import {
  RESPONSE_TYPES,
  type Export,
  type ResponseType,
  type ServiceLatency,
  type ShareType,
} from "../../model/shares/exports";
import type { DeclaredImport } from "../../model/shares/imports";
import { defined, own } from "../../model/form/order";
import { Fields } from "../fields";
import { onlyTrue, unlessZero } from "../values";
import { percentOf } from "./percent";
import { readDuration } from "./permissions";

/**
 * Reads an export. Its importers are accounts by their names in the configuration.
 *
 * @param exporter the name of the account that exports
 */
export function readExport(entry: Fields, exporter: string): Export {
  const type = readType(entry);
  const read = defined<Export>({
    subject: entry.text(type) ?? "",
    type,
    importers: readImporters(entry, exporter),
    responseType: readResponseType(entry),
    responseThreshold: readDuration(entry, "threshold", "response_threshold", "response_max_time", "response_time"),
    latency: readLatency(entry),
    accountTokenPosition: unlessZero(entry.whole("account_token_position")),
    allowTrace: onlyTrue(entry.flag("allow_trace")),
  });
  entry.leaveOutUnknown();
  return read;
}

/** To nats-server an empty list is everybody; the account itself in it is nobody more. */
function readImporters(entry: Fields, exporter: string): string[] | undefined {
  const accounts = entry.texts("accounts");
  return accounts.length === 0 ? undefined : accounts.filter((name) => name !== exporter);
}

/** Reads an import: the account that exports is known by its name in the configuration. */
export function readImport(entry: Fields): DeclaredImport {
  const type = readType(entry);
  const source = entry.fields(type);
  const subject = source?.text("subject") ?? "";
  const prefix = entry.text("prefix");
  const to = prefix === undefined ? entry.text("to") : `${prefix.replace(/\.$/, "")}.${subject}`;
  const read = defined<DeclaredImport>({
    account: source?.text("account") ?? "",
    subject,
    type,
    localSubject: to === subject ? undefined : to,
    share: onlyTrue(entry.flag("share")),
    allowTrace: onlyTrue(entry.flag("allow_trace")),
  });
  source?.leaveOutUnknown();
  entry.leaveOutUnknown();
  return read;
}

function readType(entry: Fields): ShareType {
  if (entry.has("service") === entry.has("stream")) {
    entry.notes.wrong(entry.path, "is not one of the two, a stream or a service");
  }
  return entry.has("service") ? "service" : "stream";
}

/** The words of the configuration for each type of response. */
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
  const type = own(RESPONSES, text);
  if (type === undefined) {
    entry.notes.wrong(path, `is none of ${RESPONSE_TYPES.join(", ")}`);
  }
  return type === "singleton" ? undefined : type;
}

/** Measuring stands in a section, or is the subject alone; every request is measured unless it says otherwise. */
function readLatency(entry: Fields): ServiceLatency | undefined {
  const path = entry.pathOf("latency");
  const value = entry.take("latency");
  if (value === undefined) {
    return undefined;
  }
  if (typeof value === "string") {
    return { sampling: ALL, results: value };
  }
  const latency = new Fields(value, path, entry.notes);
  const sampling = readSampling(latency);
  const results = latency.text("subject") ?? "";
  latency.leaveOutUnknown();
  return { sampling, results };
}

/** Per cent of all requests. */
const ALL = 100;

function readSampling(latency: Fields): ServiceLatency["sampling"] {
  const path = latency.pathOf("sampling");
  const value = latency.take("sampling") ?? ALL;
  if (typeof value === "string" && value.trim().toLowerCase() === "headers") {
    return "headers";
  }
  return percentOf(value, path, latency.notes);
}
