import type { Diagnostic } from "../../../provider/diagnostics/diagnostic";
import { ServerError, ServerRefusal } from "../../../provider/servers/errors";

/** Returns the diagnostics of the error that an action throws; none if it throws none. */
export async function errorOf(action: () => unknown): Promise<Diagnostic[]> {
  try {
    await action();
    return [];
  } catch (error) {
    return toDiagnostics(error);
  }
}

/** Errors that combine others have the code of their cause. */
export function toDiagnostics(error: unknown): Diagnostic[] {
  const { cause, message } = error as Error;
  const coded = [error, cause].find((one) => one instanceof ServerError);
  if (coded === undefined) {
    throw error;
  }
  const path = coded instanceof ServerRefusal ? coded.server : "error";
  const lines = message.replace(` [${coded.code}]`, "").split("\n");
  return [{ code: coded.code, path, problem: lines.map((line) => line.trim()).join(" | "), remedy: "" }];
}
