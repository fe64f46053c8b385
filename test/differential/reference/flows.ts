import type { AccountDeclaration } from "../../../provider/model/account/account";
import type { Export } from "../../../provider/model/shares/exports";
import type { DeclaredImport } from "../../../provider/model/shares/imports";
import { mapped } from "./mappings";
import { covers, renamed } from "./subjects";

/** A message as it appears in an account. */
export interface Arrival {
  readonly account: string;
  readonly subject: string;
  /** How it came, as a request; not at all where it was published, and where it came as a stream. */
  readonly through: readonly Passage[];
}

/** A service of an account by which a request came into it. */
export interface Passage {
  readonly service: Export;
  readonly account: AccountDeclaration;
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

  function appearing(account: AccountDeclaration, as: string, through: readonly Passage[]): Arrival[] {
    const streams = through.length > 0 && !route ? [] : streamsOf(accounts, account.name, as);
    return [{ account: account.name, subject: as, through }, ...streams, ...requests(account, as, through)];
  }

  function requests(account: AccountDeclaration, as: string, through: readonly Passage[]): Arrival[] {
    return ofType(account, "service").flatMap((entry) => {
      const asked = renamed(as, entry.localSubject ?? entry.subject, entry.subject);
      const exporter = find(entry.account);
      const offer = exporter?.exports?.find(({ type, subject: of }) => type === "service" && covers(of, entry.subject));
      return asked === undefined ||
        exporter === undefined ||
        offer === undefined ||
        through.some(({ service }) => service === offer)
        ? []
        : appearing(exporter, mapped(exporter, asked), [...through, { service: offer, account: exporter }]);
    });
  }

  const start = find(from);
  return start === undefined ? [] : appearing(start, mapped(start, subject), []);
}

/** Where a service's answers to another account go: to three tokens, and to five where it is measured. */
function replyOf({ latency }: Export): string {
  return latency?.sampling === 100 ? "_R_.x.y.z.T" : "_R_.x.y";
}

/**
 * How many of so many answers come back to who sent a request: of a service with one answer the first alone, and none
 * where an account on the way maps them to elsewhere.
 *
 * @param asking the account that asks, which wants the answers at the inbox
 */
export function answersTo({ through }: Arrival, asking: AccountDeclaration, inbox: string, answers: number): number {
  const ways = [
    ...through.map(({ service, account }) => ({ account, to: replyOf(service) })),
    { account: asking, to: inbox },
  ];
  if (through.length === 0 || ways.some(({ account, to }) => mapped(account, to) !== to)) {
    return 0;
  }
  const single = through.some(({ service: { responseType = "singleton" } }) => responseType === "singleton");
  return Math.min(answers, single ? 1 : answers);
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
