import type { Export } from "../model/shares/exports";
import { importedSubject, type Import } from "../model/shares/imports";
import type { Directory } from "./directory";
import { comment, indented, inline, list, quote, setting, settings, type Lines } from "./syntax";

/** An export, as an element of the list. */
export function exportLines(entry: Export, exporter: string, accounts: Directory): Lines {
  const { type, subject, importers, responseType, responseThreshold, latency, accountTokenPosition } = entry;
  const measured = latency === undefined ? [] : settings({ sampling: latency.sampling, subject: latency.results });
  const parts = [
    setting(type, subject),
    ...settings({ response_type: responseType, response_threshold: responseThreshold }),
    ...(measured.length === 0 ? [] : [`latency: ${inline(measured)}`]),
    ...settings({ account_token_position: accountTokenPosition, allow_trace: entry.allowTrace }),
  ];
  return importers === undefined
    ? [inline(parts)]
    : ["{", ...indented([...parts, ...list("accounts", importerLines(importers, exporter, accounts))]), "}"];
}

/** The keys of those who may import. To the server, an empty list is everybody, and the exporter itself is nobody. */
function importerLines(importers: readonly string[], exporter: string, { keyOf }: Directory): Lines {
  const keys = importers.flatMap((name) => {
    const key = keyOf(name);
    return key === undefined ? [] : [comment(name), quote(key)];
  });
  return keys.length === 0 ? [comment("nobody: the account itself"), quote(exporter)] : keys;
}

/** An import, as an element of the list. */
export function importLines(entry: Import, importer: string, { nameOf }: Directory): Lines {
  const { type, account, localSubject, share, allowTrace } = entry;
  const source = `${type}: ${inline(settings({ account, subject: importedSubject(entry, importer) }))}`;
  return [
    comment(`from ${nameOf(account)}`),
    inline([source, ...settings({ to: localSubject, share, allow_trace: allowTrace })]),
  ];
}
