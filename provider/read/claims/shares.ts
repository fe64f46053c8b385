import {
  RESPONSE_TYPES,
  type Export,
  type ResponseType,
  type ServiceLatency,
  type ShareType,
} from "../../model/shares/exports";
import type { Import } from "../../model/shares/imports";
import { defined } from "../../model/form/order";
import { normalDuration } from "../../model/form/quantities";
import type { Moment, Revocations } from "../../model/keys/revocations";
import type { Fields } from "../fields";
import { durationOf, onlyTrue, unlessZero } from "../values";

/**
 * Reads an export of an account's token. Of a private one the token does not say who its importers are: there is nobody,
 * until the accounts are read that hold activations.
 */
export function readExport(entry: Fields): Export {
  const subject = entry.text("subject") ?? "";
  const threshold = unlessZero(entry.whole("response_threshold"));
  const read = defined<Export>({
    subject,
    type: readType(entry),
    name: readName(entry, subject),
    importers: entry.flag("token_req") === true ? [] : undefined,
    revocations: readRevocations(entry),
    responseType: readResponseType(entry),
    responseThreshold: threshold === undefined ? undefined : normalDuration(durationOf(threshold)),
    latency: readLatency(entry.fields("service_latency")),
    accountTokenPosition: unlessZero(entry.whole("account_token_position")),
    advertise: onlyTrue(entry.flag("advertise")),
    allowTrace: onlyTrue(entry.flag("allow_trace")),
    description: entry.text("description"),
    infoUrl: entry.text("info_url"),
  });
  entry.leaveOutUnknown();
  return read;
}

/** The revocations among some claims, by whom they concern. */
export function readRevocations(entry: Fields): Revocations | undefined {
  const revoked = entry.members("revocations").flatMap(({ name, value, path }): [string, Moment][] => {
    if (!Number.isSafeInteger(value)) {
      entry.notes.wrong(path, "is not a whole number of seconds");
      return [];
    }
    return [[name, Number(value)]];
  });
  return revoked.length === 0 ? undefined : Object.fromEntries(revoked);
}

/** The model says one reply by saying nothing. */
function readResponseType(entry: Fields): ResponseType | undefined {
  const path = entry.pathOf("response_type");
  const text = entry.text("response_type")?.toLowerCase() ?? "singleton";
  const type = RESPONSE_TYPES.find((known) => known === text);
  if (type === undefined) {
    entry.notes.wrong(path, `is none of ${RESPONSE_TYPES.join(", ")}`);
  }
  return type === "singleton" ? undefined : type;
}

function readLatency(latency: Fields | undefined): ServiceLatency | undefined {
  if (latency === undefined) {
    return undefined;
  }
  const sampling = readSampling(latency);
  const results = latency.text("results") ?? "";
  latency.leaveOutUnknown();
  return { sampling, results };
}

/** A sampling is a number, of which Go's library takes zero for the text "headers". */
function readSampling(latency: Fields): ServiceLatency["sampling"] {
  const path = latency.pathOf("sampling");
  const sampling = latency.take("sampling") ?? 0;
  if (sampling === 0 || (typeof sampling === "string" && sampling.toLowerCase() === "headers")) {
    return "headers";
  }
  if (!Number.isSafeInteger(sampling)) {
    latency.notes.wrong(path, 'is no whole number and not "headers"');
  }
  return Number(sampling);
}

/**
 * Reads an import of an account's token. Before there were local subjects, `to` was what a stream's subject got in front,
 * and the subject of a service at its exporter.
 */
export function readImport(entry: Fields): Import {
  const subject = entry.text("subject") ?? "";
  const type = readType(entry);
  const to = entry.text("to");
  const local = entry.text("local_subject");
  const read = defined<Import>({
    account: entry.text("account") ?? "",
    type,
    ...(local === undefined && to !== undefined ? before(type, subject, to) : { subject, localSubject: local }),
    name: readName(entry, subject),
    token: entry.text("token"),
    share: onlyTrue(entry.flag("share")),
    allowTrace: onlyTrue(entry.flag("allow_trace")),
  });
  entry.leaveOutUnknown();
  return read;
}

function before(type: ShareType, subject: string, to: string): Pick<Import, "subject" | "localSubject"> {
  const [exported, local] = type === "service" ? [to, subject] : [subject, `${to.replace(/\.$/, "")}.${subject}`];
  return exported === local ? { subject } : { subject: exported, localSubject: local };
}

/**
 * Reads which of the two kinds an export or an import is.
 *
 * @param name the field that says it
 */
export function readType(entry: Fields, name = "type"): ShareType {
  const path = entry.pathOf(name);
  const type = entry.text(name);
  if (type !== "stream" && type !== "service") {
    entry.notes.wrong(path, "is neither stream nor service");
  }
  return type === "service" ? "service" : "stream";
}

/** A name that is the subject says nothing. */
function readName(entry: Fields, subject: string): string | undefined {
  const name = entry.text("name");
  return name === subject ? undefined : name;
}
