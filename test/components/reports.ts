/** Returns the lines of an error that reports diagnostics, one for each. */
function linesOf(report: string | undefined): string[] {
  return (report ?? "").split("\n").flatMap((line) => (line.startsWith("  - ") ? [line.slice("  - ".length)] : []));
}

function pathOf(line: string): string {
  return line.split(/ = |: /)[0] ?? "";
}

/** Returns the path of each diagnostic that an error reports. */
export function pathsIn(report: string | undefined): string[] {
  return linesOf(report).map(pathOf);
}

/** Returns code and path of each diagnostic that an error reports, such as "NA4001 publicKey". */
export function codesAndPathsIn(report: string | undefined): string[] {
  return linesOf(report).map((line) => `${/\[(NA\d+)\]$/.exec(line)?.[1] ?? "no code"} ${pathOf(line)}`);
}
