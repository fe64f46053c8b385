import type { AccountDeclaration } from "../../../provider/model/account/account";
import type { Export } from "../../../provider/model/shares/exports";
import type { DeclaredImport } from "../../../provider/model/shares/imports";
import { mapped } from "./mappings";
import { covers, renamed } from "./subjects";

/** A message as it appears in an account. */
export interface Arrival {
  readonly account: string;
  readonly subject: string;
  /** Services that the request passed through. Empty in the publishing account and for a stream. */
  readonly through: readonly Passage[];
}

/** A service through which a request entered an account. */
export interface Passage {
  readonly service: Export;
  readonly account: AccountDeclaration;
}

/**
 * Returns all arrivals of one message.
 *
 * @param accounts all accounts
 * @param from the account in which the message is published
 * @param route whether the subscribers are connected to the other server. A request from another account is not forwarded
 *   as a stream, except behind a route, where the server cannot tell that it was a request
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

/** Returns a reply subject as in requests to another account: three tokens, or five when latency is measured. No model has its tokens. */
function replyOf({ latency }: Export): string {
  return latency?.sampling === 100 ? "_R_.random-1.random-2.random-3.T" : "_R_.random-1.random-2";
}

/**
 * Returns how many answers reach the requestor: one from a service with a single response, none when an account on the
 * way maps them to a different subject.
 *
 * @param asking the account of the requestor, which receives answers at the inbox
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

/** Returns the arrivals in accounts that import the message as a stream. An importer does not forward it. */
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
