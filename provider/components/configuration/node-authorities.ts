import { readFileSync } from "node:fs";
import * as tls from "node:tls";

/** What Node.js 22.15 has in addition to earlier versions. */
interface NewerTls {
  readonly getCACertificates?: (kind: "default") => readonly string[];
}

/** Options of Node.js that replace the authorities that it contains. */
const OTHER_AUTHORITIES = /--use-(?:openssl|system)-ca/;

/** Returns the certificates of the authorities that Node.js trusts; undefined if they are not known. */
export function authoritiesOfNode(): string | undefined {
  const { getCACertificates } = tls as NewerTls;
  if (getCACertificates !== undefined) {
    return getCACertificates("default").join("\n");
  }
  if (OTHER_AUTHORITIES.test([...process.execArgv, process.env.NODE_OPTIONS ?? ""].join(" "))) {
    return undefined;
  }
  return [...tls.rootCertificates, extraAuthorities(process.env.NODE_EXTRA_CA_CERTS)].join("\n");
}

/** Node.js ignores a file that it cannot read. */
function extraAuthorities(file: string | undefined): string {
  try {
    return file === undefined || file === "" ? "" : readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
