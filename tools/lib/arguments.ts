import { parseArgs } from "node:util";
import { ToolError } from "./terminal";

/** Flags of Pulumi that users pass to `npm start`. npm turns each of them into a setting of its own. */
const FLAGS = ["config", "config-file", "diff", "parallel", "refresh", "replace", "stack", "target", "tls"];

/**
 * Rejects a command line of which npm has consumed flags: `npm start --config a=b` passes only `a=b`, `npm start --refresh`
 * passes nothing, and the deployment would differ from the one that was requested.
 *
 * @param script the command, such as `npm start`
 * @throws ToolError with the correct command line
 */
export function rejectConsumedFlags(script: string, args: string[]): void {
  const settingOf = (flag: string) => process.env[`npm_config_${flag.replace("-", "_")}`];
  const consumed = FLAGS.filter((flag) => settingOf(flag) !== undefined);
  const positional = args.filter((arg, at) => !arg.startsWith("-") && args[at - 1]?.startsWith("-") !== true);
  if (consumed.length === 0 && positional.length === 0) return;
  const found = [...consumed.map((flag) => `--${flag}`), ...positional].join(" ");
  const flag = consumed[0] ?? "config";
  const setting = settingOf(flag);
  const value = setting === undefined || setting === "true" ? positional[0] : setting;
  const example = `--${flag} ${value ?? (flag === "config" ? "staticPort=14222" : "")}`.trim();
  throw new ToolError(
    `Options for Pulumi must follow \`--\`; npm consumes them otherwise (found: ${found}).`,
    `For example: ${script} -- ${example}`,
  );
}

/** Removes an option from arguments. @returns its value, which is empty where it is missing, and the other arguments */
export function takeOption(args: readonly string[], name: string): [value: string | undefined, others: string[]] {
  const { values, tokens } = parseArgs({
    args: [...args],
    options: { [name]: { type: "string" } },
    strict: false,
    tokens: true,
  });
  const own = tokens.flatMap((token) => {
    if (token.kind !== "option" || token.name !== name) return [];
    return token.inlineValue === true ? [token.index] : [token.index, token.index + 1];
  });
  const value = values[name];
  return [typeof value === "boolean" ? "" : value, args.filter((_, index) => !own.includes(index))];
}
