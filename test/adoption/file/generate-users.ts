import fc from "fast-check";
import { permissionsOver, subject } from "../../support/arbitraries";
import { NAMES, seldom } from "../generate";

/** Subjects that contain the name of an account, as those of the system account do. */
const named = fc
  .tuple(
    fc.constantFrom("$SYS.ACCOUNT", "$SYS.REQ.ACCOUNT"),
    fc.constantFrom(...NAMES),
    fc.constantFrom(">", "CONNECT", "INFO"),
  )
  .map((parts) => parts.join("."));

const own = fc.oneof({ weight: 12, arbitrary: subject }, { weight: 1, arbitrary: named });
const queued = fc.tuple(subject, fc.constantFrom("q", "other")).map((parts) => parts.join(" "));
const subscribable = fc.oneof({ weight: 8, arbitrary: own }, { weight: 1, arbitrary: queued });

const responses = fc.constantFrom<unknown[]>(
  true,
  { max: 2 },
  { max: -1, expires: "1h" },
  { max: 3, expires: -1 },
  { max_msgs: 0, ttl: "2m" },
);

/** How the two lists of subjects of a permission are written. */
const spelling = fc.constantFrom("lists", "strings", "allow only");

function spelled(
  lists: { readonly allow?: readonly string[]; readonly deny?: readonly string[] } | undefined,
  how: string,
): unknown {
  const single = (list: readonly string[] | undefined) => (list?.length === 1 && how !== "lists" ? list[0] : list);
  if (how === "allow only" && lists?.deny === undefined) {
    return single(lists?.allow);
  }
  return lists === undefined ? undefined : present({ allow: single(lists.allow), deny: single(lists.deny) });
}

/** Without the members that are undefined. */
export function present(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** A block of permissions. */
export const permissionBlock: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(permissionsOver(own, subscribable), seldom(responses), spelling, fc.boolean())
  .map(([{ publish, subscribe }, answers, how, short]) =>
    present({
      [short ? "pub" : "publish"]: spelled(publish, how),
      [short ? "sub" : "subscribe"]: spelled(subscribe, how),
      allow_responses: answers,
    }),
  );

/** A user: how it logs in, and its settings. */
export interface DrawnUser {
  readonly login: "nkey" | "password";
  readonly permissions: Record<string, unknown> | undefined;
  readonly connectionTypes: unknown;
}

/** A user of an account, or outside of accounts. */
export const drawnUser: fc.Arbitrary<DrawnUser> = fc.record({
  login: fc.oneof(
    { weight: 5, arbitrary: fc.constant("nkey" as const) },
    { weight: 2, arbitrary: fc.constant("password" as const) },
  ),
  permissions: seldom(
    fc.oneof({ weight: 9, arbitrary: permissionBlock }, { weight: 1, arbitrary: fc.constant({}) }),
    1,
  ),
  connectionTypes: seldom(
    fc.constantFrom<unknown[]>(["STANDARD"], "STANDARD", ["WEBSOCKET"], "mqtt", ["standard", "MQTT"]),
    8,
  ),
});
