#!/usr/bin/env node
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { nowInSeconds } from "../dynamic/life-cycle/clock";
import { FolderError, writeCreds } from "./creds-folder";
import { findCreds } from "./state-creds";

const USAGE = `Usage: pulumi-nats-auth creds --out <folder> [--stack <name>] [--set <name>] [--jwts] [--cwd <folder>]

Writes the creds of the users of a stack to files of mode 0600: <folder>/<account>/<user>.creds

  --out <folder>   folder of mode 0700; created if it does not exist
  --stack <name>   stack; the selected one by default
  --set <name>     users of one UserSet only
  --jwts           writes JWTs to <user>.jwt in place of creds, also of users without a seed
  --cwd <folder>   folder of the Pulumi project; the current one by default
`;

/** A problem with the arguments, or of the Pulumi CLI. */
class CommandError extends Error {}

/** Runs the command. @returns what it prints */
async function run(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args);
  if (values.help === true) {
    return USAGE;
  }
  if (positionals.length !== 1 || positionals[0] !== "creds" || values.out === undefined) {
    throw new CommandError(USAGE);
  }
  const stack = values.stack === undefined ? [] : ["--stack", values.stack];
  const text = await runPulumi(["stack", "export", "--show-secrets", ...stack], values.cwd);
  const kind = values.jwts === true ? "jwt" : "creds";
  const found = await findCreds(JSON.parse(text), values.set, nowInSeconds(), kind);
  const { creds, accounts, without, isPresent } = found;
  if (!isPresent) {
    const subject = values.set === undefined ? "users" : `set ${JSON.stringify(values.set)}`;
    throw new CommandError(`The stack has no ${subject}.\n`);
  }
  const others = writeCreds(values.out, creds, accounts, kind);
  const [what, reason] =
    kind === "creds"
      ? ["Creds", "their seeds or the keys that sign them are not in the state, or no server accepts their creds"]
      : ["JWTs", "the keys that sign them are not in the state, or no server accepts them"];
  const omitted = `${without.toLocaleString("en")} without: ${reason}.\n`;
  // The other files of a folder with one set belong to other sets, too.
  const unwritten = values.set !== undefined || others.length === 0 ? "" : describeOthers(what, others);
  return `${what} of ${creds.length.toLocaleString("en")} users: ${values.out}\n${without === 0 ? "" : omitted}${unwritten}`;
}

/** The files that a message names. */
const MAX_NAMED = 20;

function describeOthers(what: string, files: readonly string[]): string {
  const named = files.slice(0, MAX_NAMED).map((file) => `  ${file}\n`);
  const more = files.length > MAX_NAMED ? `  and ${(files.length - MAX_NAMED).toLocaleString("en")} more\n` : "";
  return `${what} of other users, such as removed ones, are in the same folder:\n${named.join("")}${more}`;
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: text,
        stack: text,
        set: text,
        cwd: text,
        jwts: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

/** Runs the Pulumi CLI. Its standard output, which contains secrets, is not shown. */
function runPulumi(args: readonly string[], cwd: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", [...args, "--non-interactive"], { cwd, stdio: ["ignore", "pipe", "inherit"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", ({ message }) => {
      reject(new CommandError(`The Pulumi CLI cannot be run: ${message}\n`));
    });
    child.once("close", (code) => {
      if (code === 0) {
        resolve(Buffer.concat(chunks).toString());
      } else {
        reject(new CommandError(`pulumi ${args.join(" ")} failed.\n`));
      }
    });
  });
}

run(process.argv.slice(2)).then(
  (text) => process.stdout.write(text),
  (error: unknown) => {
    // Other errors are faults of this package; their messages do not contain seeds.
    process.stderr.write(
      error instanceof CommandError
        ? error.message
        : error instanceof FolderError
          ? `${error.message}\n`
          : `${String(error)}\n`,
    );
    process.exitCode = 1;
  },
);
