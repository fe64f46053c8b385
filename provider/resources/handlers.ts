import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { diagnose, formatDiagnostic, type Diagnostic } from "../diagnostics/diagnostic";
import { isRecord } from "../model/form/shape";

/** The package whose handlers the engine loads, from the folder of the program. */
const PACKAGE = "pulumi-nats-auth";

/** The package with the provider that runs these handlers. */
const SDK = "@pulumi/pulumi";
const DYNAMIC_PROVIDER = `${SDK}/cmd/dynamic-provider`;

/** What the engine starts in the folder of the program: programs in TypeScript, and the components for other languages. */
const ENGINE_STARTS = /[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]run\b|[\\/]pulumi-resource-nats-auth$/;

let isChecked = false;

/**
 * Checks once that the engine finds the handlers of this version: package managers such as pnpm hide the dependencies of a
 * library from the program. A program that uses the Automation API can be in any folder.
 *
 * @throws RunError when the package is not installed there
 */
export function checkHandlers(): void {
  if (isChecked || !ENGINE_STARTS.test(process.argv[1] ?? "")) {
    return;
  }
  isChecked = true;
  const folder = process.cwd();
  const program = join(folder, "program.js");
  const found = packageVersion(program, `${PACKAGE}/package.json`);
  for (const diagnostic of [
    ...handlersDiagnostics(folder, packageVersion(__filename, "../../package.json"), found),
    ...sdkDiagnostics(folder, canResolve(program, DYNAMIC_PROVIDER)),
  ]) {
    if (diagnostic.code === "NA4084") {
      throw new pulumi.RunError(formatDiagnostic(diagnostic));
    }
    void pulumi.log.warn(formatDiagnostic(diagnostic));
  }
}

/**
 * Finds problems with the package that the engine loads.
 *
 * @param folder the folder of the program
 * @param own the version that the program uses; undefined in a bundle, which does not know it
 * @param found the version in the folder; undefined if there is none
 */
export function handlersDiagnostics(folder: string, own: string | undefined, found: string | undefined): Diagnostic[] {
  if (found === undefined) {
    const problem = `cannot be found from the folder of the program, ${folder}, from which the engine loads the handlers of its resources`;
    const remedy = `Add \`${PACKAGE}\` to the dependencies of the program, also if only a library uses it.`;
    return [{ code: "NA4084", path: PACKAGE, problem, remedy }];
  }
  if (own === undefined || own === found) {
    return [];
  }
  const problem = `is of version ${own} in the program, and of version ${found} where the engine loads the handlers, ${folder}`;
  const remedy = `Install one version: \`npm ls ${PACKAGE}\` or \`pnpm why ${PACKAGE}\` lists the installed ones.`;
  return [{ code: "NA4085", path: PACKAGE, problem, remedy }];
}

/**
 * Finds that the engine cannot start the provider of dynamic resources, which is part of Pulumi's SDK. Programs in TypeScript have the SDK.
 *
 * @param folder the folder of the program
 */
export function sdkDiagnostics(folder: string, isFound: boolean): Diagnostic[] {
  return diagnose({
    code: "NA4084",
    path: SDK,
    problem: isFound
      ? undefined
      : `cannot be found from the folder of the program, ${folder}, from which the engine starts the handlers of its resources`,
    remedy: `Add \`${SDK}\` to the dependencies of the program, next to \`${PACKAGE}\`.`,
  });
}

function canResolve(from: string, file: string): boolean {
  try {
    createRequire(from).resolve(file);
    return true;
  } catch {
    return false;
  }
}

/** Reads the version of this package; undefined if it cannot be found, as in a bundle, whose `package.json` is another one. */
export function packageVersion(from: string, file: string): string | undefined {
  try {
    const settings: unknown = JSON.parse(readFileSync(createRequire(from).resolve(file), "utf8"));
    return isRecord(settings) && settings.name === PACKAGE && typeof settings.version === "string"
      ? settings.version
      : undefined;
  } catch {
    return undefined;
  }
}
