import type { AccountDeclaration } from "../../provider/model/account/account";
import { parityReport } from "../../provider/parity/report";
import { versions } from "../../tools/versions";
import { without } from "./repair";

const OPERATOR = { name: "KO", systemAccount: "SYS" };

/**
 * Removes the claims that servers of another version treat differently than those of the version that the tests use, as the
 * parity report lists them. All others must have the same effect.
 *
 * @param version of the servers
 */
export function supportedBy(version: string, accounts: readonly AccountDeclaration[]): AccountDeclaration[] {
  const rowsOf = (of: string) => {
    const { rows } = parityReport({ operator: OPERATOR, accounts, version: of });
    return rows.map((row) => [row.name, JSON.stringify(row)] as const);
  };
  const expected = new Map(rowsOf(versions.ensureNatsServer));
  const different = rowsOf(version).flatMap(([name, row]) => (expected.get(name) === row ? [] : [name]));
  return accounts.map((account) => {
    const prefix = `${account.name}.`;
    const paths = different.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    return without(account, paths);
  });
}
