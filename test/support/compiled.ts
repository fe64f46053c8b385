import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Inside the checkout, so that compiled programs resolve the packages installed there. */
const CACHE = join(__dirname, "../../node_modules/.cache/pulumi-nats-auth/compiled");

/**
 * Compiles the TypeScript files of a folder, which saves the second that tsx takes at every start. Caches the result
 * until the files change.
 *
 * @param name the name of the program
 * @param source the folder with its files
 * @param more files to write beside them, by name
 * @returns the folder with the compiled files
 */
export async function compiled(name: string, source: string, more: Readonly<Record<string, string>> = {}) {
  const files = readdirSync(source).filter((file) => file.endsWith(".ts"));
  const texts = files.map((file) => [file, readFileSync(join(source, file), "utf8")] as const);
  const digest = createHash("sha256")
    .update(JSON.stringify([texts, more]))
    .digest("hex")
    .slice(0, 16);
  const folder = join(CACHE, `${name}-${digest}`);
  if (existsSync(folder)) return folder;
  // Loading the compiler takes half a second, so it is loaded only when needed.
  const { default: ts } = await import("typescript");
  const { CommonJS } = ts.ModuleKind;
  const compilerOptions = { module: CommonJS, target: ts.ScriptTarget.ES2023, esModuleInterop: true };
  mkdirSync(dirname(folder), { recursive: true });
  const draft = mkdtempSync(`${folder}-draft-`);
  for (const [file, text] of texts) {
    const { outputText } = ts.transpileModule(text, { compilerOptions, fileName: file });
    writeFileSync(join(draft, file.replace(/\.ts$/, ".js")), outputText);
  }
  for (const [file, text] of Object.entries(more)) writeFileSync(join(draft, file), text, { mode: 0o755 });
  try {
    renameSync(draft, folder);
  } catch {
    // Another process has compiled the same files in the meantime.
    rmSync(draft, { recursive: true });
  }
  return folder;
}
