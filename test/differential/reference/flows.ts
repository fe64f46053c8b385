import type { AccountDeclaration } from "../../../provider/model/account";
import type { Export } from "../../../provider/model/exports";
import type { DeclaredImport } from "../../../provider/model/imports";
import { mapped } from "./mappings";
import { matches, renamed } from "./subjects";

/** A message as it appears in an account. */
export interface Arrival {
  readonly account: string;
  readonly subject: string;
  /** The services that it came through as a request; none where it was published, and where it came as a stream. */
  readonly through: readonly Export[];
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
    return [{ account: account.name, subject: as, through }, ...streams, ...requests(account, as, through)];
  }

  function requests(account: AccountDeclaration, as: string, through: readonly Export[]): Arrival[] {
    return ofType(account, "service").flatMap((entry) => {
      const asked = renamed(as, entry.localSubject ?? entry.subject, entry.subject);
      const exporter = find(entry.account);
      const offer = exporter?.exports?.find(({ type, subject: of }) => type === "service" && covers(of, entry.subject));
      return asked === undefined || exporter === undefined || offer === undefined || through.includes(offer)
        ? []
        : appearing(exporter, mapped(exporter, asked), [...through, offer]);
    });
  }

  const start = find(from);
  return start === undefined ? [] : appearing(start, mapped(start, subject), []);
}

/** How many of so many answers come back to who sent a request: of a service with one answer the first alone. */
export function answersTo({ through }: Arrival, answers: number): number {
  const single = through.some(({ responseType = "singleton" }) => responseType === "singleton");
  return through.length === 0 ? 0 : Math.min(answers, single ? 1 : answers);
}

/** The messages of one account that others have imported as streams: these go one account far and no further. */
function streamsOf(accounts: readonly AccountDeclaration[], from: string, subject: string): Arrival[] {
  return accounts.flatMap((account) =>
    ofType(account, "stream")
      .filter((entry) => entry.account === from)
      .flatMap((entry) => {
        const local = renamed(subject, entry.subject, entry.localSubject ?? entry.subject);
        return local === undefined ? [] : [{ account: account.name, subject: local, through: [] }];
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
