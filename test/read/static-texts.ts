import assert from "node:assert/strict";
import { Unreadable } from "../../provider/diagnostics/unreadable";
import type { Acceptances } from "../../provider/parity/acceptance";
import { readConfiguration, type StaticConfiguration } from "../../provider/read/static/configuration";
import { codesAndPaths } from "../support/diagnostics";

/** Reads the text of a configuration without included files and environment variables. */
export function readText(text: string, accept: Acceptances = {}): StaticConfiguration {
  const include = (path: string) => assert.fail(`unexpected include of ${path}`);
  return readConfiguration({ file: "nats.conf", text }, { include, environment: () => undefined }, accept);
}

/** Returns code and path of everything that is not adopted, sorted. */
export function notesOf(text: string, accept: Acceptances = {}): string[] {
  return codesAndPaths(readText(text, accept).leftOut).sort();
}

/** Returns code and path of every problem of a configuration that cannot be read, sorted. */
export function problemsOf(text: string, accept: Acceptances = {}): string[] {
  try {
    readText(text, accept);
  } catch (error) {
    assert.ok(error instanceof Unreadable);
    return codesAndPaths(error.diagnostics).sort();
  }
  return [];
}
