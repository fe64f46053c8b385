import { readFileSync } from "node:fs";
import { dirname, isAbsolute, normalize } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { diagnose, joinPath, type Diagnostic } from "../../diagnostics/diagnostic";
import type { CertificateSource, KeySource } from "../../model/cluster/tls";
import { omitUndefined, sortUnique } from "../../model/form/order";
import { isRecord } from "../../model/form/shape";
import { fileProblem, readCertificates, readPrivateKey } from "../../model/tls/pem";
import { pathInContainer } from "../../servers/docker/layout";
import type { FileOnHost, PemSource } from "./tls-args";

/** Returns the certificates that the package writes to a file. */
export function writtenText(source: CertificateSource | undefined): string {
  return source?.file === undefined ? (source?.text ?? "") : "";
}

/** Returns certificates. They are public, also where the program has them from a secret. */
export function resolveCertificates(
  path: string,
  source: PemSource | undefined,
  isLocal: boolean,
): pulumi.Output<CertificateSource | undefined> {
  const remedy = "Use the content of a file with certificates, which contains `-----BEGIN CERTIFICATE-----`.";
  const loaded = loadPem(path, source, isLocal);
  return pulumi.unsecret(
    loaded.apply((pem): CertificateSource | undefined => {
      if (pem?.text === undefined) {
        return pem;
      }
      // A server reads a file itself, which may contain its key, too.
      const result = readCertificates(pem.text, pem.file !== undefined);
      return "text" in result
        ? { ...pem, text: result.text }
        : {
            ...omitUndefined<CertificateSource>({ ...pem, text: undefined }),
            diagnostics: [{ code: result.hasKey ? "NA1811" : "NA1801", path, problem: result.problem, remedy }],
          };
    }),
  );
}

/** Returns the public part of a private key, and the key as a secret. */
export function resolveKey(path: string, source: PemSource | undefined, isLocal: boolean) {
  const remedy = "Use a private key in PEM format without a passphrase, which contains `-----BEGIN PRIVATE KEY-----`.";
  const loaded = pulumi.secret(loadPem(path, source, isLocal));
  const read = loaded.apply((pem) => ({ pem, result: pem?.text === undefined ? undefined : readPrivateKey(pem.text) }));
  return {
    source: pulumi.unsecret(
      read.apply(({ pem, result }): KeySource | undefined => {
        if (pem === undefined) {
          return undefined;
        }
        const problem = result !== undefined && "problem" in result ? result.problem : undefined;
        return omitUndefined<KeySource>({
          path,
          file: pem.file,
          publicKey: result !== undefined && "publicKey" in result ? result.publicKey : undefined,
          diagnostics: [...pem.diagnostics, ...diagnose({ code: "NA1802", path, problem, remedy })],
        });
      }),
    ),
    text: read.apply(({ result }) => (result !== undefined && "text" in result ? result.text : undefined)),
  };
}

/** Text in PEM format that is not checked yet. It may be a private key. */
interface LoadedPem extends CertificateSource {
  readonly diagnostics: readonly Diagnostic[];
}

function loadPem(path: string, source: PemSource | undefined, isLocal: boolean): pulumi.Output<LoadedPem | undefined> {
  if (source === undefined) {
    return pulumi.output(undefined) as pulumi.Output<LoadedPem | undefined>;
  }
  return isFile(source)
    ? pulumi.output(source.file).apply((file) => loadFile(path, file, isLocal))
    : pulumi.output(source).apply((text): LoadedPem => {
        const isText = typeof (text as unknown) === "string";
        const problem = isText ? undefined : "is not text in PEM format, or is an output without a value";
        const remedy = "Use text in PEM format, or `{ file }` for a file on the machine of the server.";
        return { path, ...(isText ? { text } : {}), diagnostics: diagnose({ code: "NA1801", path, problem, remedy }) };
      });
}

export function isFile(source: PemSource): source is FileOnHost {
  return isRecord(source) && "file" in source;
}

function loadFile(path: string, file: string, isLocal: boolean): LoadedPem {
  const invalid = pathProblem(file, isLocal);
  const { text, problem: unreadable }: Read = isLocal && invalid === undefined ? readHere(file) : {};
  const problem = invalid ?? unreadable;
  const malformed = text === undefined ? undefined : fileProblem(text);
  const at = { path: joinPath(path, "file"), value: file };
  const diagnostics = [
    ...diagnose({
      ...at,
      code: "NA1812",
      problem,
      remedy: "Use the absolute path of a file that the server can read.",
    }),
    ...diagnose({
      ...at,
      code: "NA1801",
      problem: malformed,
      remedy: "Write the file without them.",
    }),
  ];
  return omitUndefined<LoadedPem>({ path, file, text: diagnostics.length === 0 ? text : undefined, diagnostics });
}

/** Folders of a container that a folder of the host must not hide. */
const CONTAINER_FOLDERS: readonly string[] = ["/", "/etc", "/bin", "/lib", "/usr", "/proc", "/sys", "/dev"];

/** Containers mount the folder of a file under the same path. */
function pathProblem(file: unknown, isLocal: boolean): string | undefined {
  if (typeof file !== "string" || !isAbsolute(file)) {
    return "is not an absolute path";
  }
  const folder = dirname(normalize(file));
  const own = dirname(pathInContainer("file"));
  if (isLocal) {
    return undefined;
  }
  if (CONTAINER_FOLDERS.includes(folder) || folder === own || folder.startsWith(`${own}/`)) {
    return "is in a folder that containers need themselves: use a folder of its own, such as `/etc/nats-tls`";
  }
  return folder.includes(":") ? "has a `:` in its folder, which containers cannot mount" : undefined;
}

/** The text of a file, or why it cannot be read. */
interface Read {
  readonly text?: string;
  readonly problem?: string;
}

/** Reads a file of this machine. */
function readHere(file: string): Read {
  try {
    return { text: readFileSync(file, "utf8") };
  } catch (error) {
    return { problem: `cannot be read (${(error as NodeJS.ErrnoException).code ?? "error"})` };
  }
}

/** Returns the folders of files that containers can mount. Others are reported elsewhere. */
export function foldersOf(files: readonly string[]): readonly string[] {
  return sortUnique(files.filter((file) => pathProblem(file, false) === undefined).map((file) => dirname(file)));
}
