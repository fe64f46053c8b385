import type { AccountDeclaration } from "../../../provider/model/account";
import type { Export } from "../../../provider/model/exports";
import type { DeclaredImport } from "../../../provider/model/imports";
import { matches, renamed } from "./subjects";

/** A message as it appears in an account. */
export interface Arrival {
  readonly account: string;
  readonly subject: string;
}

/**
 * Every appearance of one message.
 *
 * @param accounts all accounts
 * @param from the account that it is published in
 * @param route whether those who listen are on the other server. What came in as a request of another account is not
 *   passed on as a stream, except behind a route, where a server does not see any more how it came in
 */
export function arrivals(
  accounts: readonly AccountDeclaration[],
  from: string,
  subject: string,
  route: boolean,
): Arrival[] {
  const find = (name: string) => accounts.find((account) => account.name === name);

  function appearing(account: AccountDeclaration, as: string, through: readonly Export[]): Arrival[] {
    const streams = through.length > 0 && !route ? [] : streamsOf(accounts, account.name, as);
    return [{ account: account.name, subject: as }, ...streams, ...requests(account, as, through)];
  }

  function requests(account: AccountDeclaration, as: string, through: readonly Export[]): Arrival[] {
    return ofType(account, "service").flatMap((entry) => {
      const asked = renamed(as, entry.localSubject ?? entry.subject, entry.subject);
      const exporter = find(entry.account);
      const offer = exporter?.exports?.find(({ type, subject: of }) => type === "service" && covers(of, entry.subject));
      return asked === undefined || exporter === undefined || offer === undefined || through.includes(offer)
        ? []
        : appearing(exporter, asked, [...through, offer]);
    });
  }

  const start = find(from);
  return start === undefined ? [] : appearing(start, subject, []);
}

/** The messages of one account that others have imported as streams: these go one account far and no further. */
function streamsOf(accounts: readonly AccountDeclaration[], from: string, subject: string): Arrival[] {
  return accounts.flatMap((account) =>
    ofType(account, "stream")
      .filter((entry) => entry.account === from)
      .flatMap((entry) => {
        const local = renamed(subject, entry.subject, entry.localSubject ?? entry.subject);
        return local === undefined ? [] : [{ account: account.name, subject: local }];
      }),
  );
}

function ofType({ imports = [] }: AccountDeclaration, type: string): DeclaredImport[] {
  return imports.filter((entry) => entry.type === type);
}

/** True when an export lets an import have its subject: everything that it stands for. */
function covers(exported: string, imported: string): boolean {
  const open = (subject: string) => subject.split(".").at(-1) === ">";
  return matches(exported, imported) && (!open(imported) || open(exported));
}
