import type { Access } from "../model/access/access";
import type { ConnectionType } from "../model/access/connection-types";
import { hasTemplate, type Permissions, type Templates } from "../model/access/permissions";
import type { Duration } from "../model/form/quantities";
import type { RoleTerms } from "../model/users/roles";
import type { Times } from "../model/access/times";
import type { UserTerms } from "../model/users/users";
import type { Leaf, Members, OlderServers, ValueCase } from "./claims";
import { formatCount, quoteText, joinSome } from "./prose";

/** A list of subjects: exact without templates; with templates, expanded in the static configuration. */
function subjects(
  templates: Templates,
  onStatic: string,
  operator: string,
  older: readonly OlderServers<readonly string[]>[] = [],
): Leaf<readonly string[]> {
  const expanded: ValueCase<readonly string[]> = {
    when: "with templates",
    matches: (list) => list.some(hasTemplate),
    parity: { class: "X", static: `${onStatic}, expanded for each user`, operator },
  };
  return {
    parity: { class: "E", static: onStatic, operator },
    except: templates === "literal" ? [] : [expanded],
    older,
  };
}

/** Denied subscriptions in queue groups, such as `orders.* workers`, which older servers of both modes enforce in part. */
function deniedInQueues(onStatic: string, operator: string): OlderServers<readonly string[]> {
  return {
    since: ["2.12.14", "2.14.4"],
    matches: (list) => list.some((entry) => entry.includes(" ")),
    parity: {
      class: "P",
      static: onStatic,
      operator,
      severity: "harmless",
      example: ["orders.secret workers"],
      consequence: (list, owner) =>
        `both servers reject subscriptions to ${joinSome(list, "or")}, but deliver these messages to a subscription of ${owner} with wildcards in the queue group`,
    },
  };
}

/**
 * Permissions to publish, subscribe and respond.
 *
 * @param templates whether templates are expanded in these permissions
 * @param onStatic the name of the block in the static configuration
 * @param claim the claim that contains the permissions, if it is not the root
 */
export function permissions(templates: Templates, onStatic: string, claim?: string): Members<Permissions> {
  const list = (name: string, claimed: string, older?: OlderServers<readonly string[]>[]) =>
    subjects(templates, `${onStatic}.${name}`, at(claimed), older);
  const at = (name: string) => (claim === undefined ? name : `${claim}.${name}`);
  return {
    members: {
      publish: {
        members: {
          allow: list("publish.allow", "pub.allow"),
          deny: list("publish.deny", "pub.deny"),
        },
      },
      subscribe: {
        members: {
          allow: list("subscribe.allow", "sub.allow"),
          deny: list("subscribe.deny", "sub.deny", [deniedInQueues(`${onStatic}.subscribe.deny`, at("sub.deny"))]),
        },
      },
      responses: {
        self: { parity: { class: "E", static: `${onStatic}.allow_responses`, operator: at("resp") } },
        members: {
          max: { parity: { class: "E", static: "allow_responses.max", operator: at("resp.max") } },
          expires: { parity: { class: "E", static: "allow_responses.expires", operator: at("resp.ttl") } },
        },
      },
    },
  };
}

const ALLOWED_TYPES = "allowed_connection_types";
const MQTT_TYPES: readonly ConnectionType[] = ["MQTT", "MQTT_WS"];

/** The access of a user or role. */
const ACCESS: Members<Access>["members"] = {
  permissions: permissions("expanded", "permissions"),
  limits: {
    members: {
      subscriptions: {
        parity: {
          class: "N",
          operator: "subs",
          severity: "security",
          example: 10,
          consequence: (count, owner) =>
            `${owner} may have ${formatCount(count, "subscription")} per connection; the static server enforces only the limit of the account`,
        },
      },
      payload: {
        parity: {
          class: "N",
          operator: "payload",
          severity: "security",
          example: "64KiB",
          consequence: (size, owner) =>
            `${owner} may send messages of up to ${typeof size === "number" ? formatCount(size, "byte") : size}; the static server enforces only the limit of the account`,
        },
      },
      data: { parity: { class: "M", operator: "data" } },
    },
  },
  sourceNetworks: {
    parity: {
      class: "N",
      operator: "src",
      severity: "security",
      example: ["10.0.0.0/8"],
      consequence: (networks, owner) =>
        `${owner} may connect only from ${joinSome(networks, "or")}; the static server cannot enforce this`,
    },
  },
  times: {
    parity: {
      class: "N",
      operator: "times",
      severity: "security",
      example: { ranges: [{ start: "08:00:00", end: "17:30:00" }], zone: "Europe/Berlin" },
      consequence: (times, owner) =>
        `${owner} may be connected only during ${formatTimes(times)}; the static server cannot enforce this`,
    },
    older: [
      {
        since: ["2.11.17", "2.12.8", "2.14.0"],
        matches: ({ ranges }) => ranges.some(({ start, end }) => start > end),
        parity: {
          class: "N",
          operator: "times",
          severity: "security",
          example: { ranges: [{ start: "22:00:00", end: "06:00:00" }], zone: "Europe/Berlin" },
          consequence: (times, owner) =>
            `${owner} may be connected only during ${formatTimes(times)}; the static server cannot enforce this, and the operator server also rejects logins from midnight to the end of a range that spans midnight`,
        },
      },
    ],
    parts: { ranges: { start: "times.start", end: "times.end" }, zone: "times_location" },
  },
  connectionTypes: {
    parity: { class: "E", static: ALLOWED_TYPES, operator: ALLOWED_TYPES },
    except: [
      {
        when: "with MQTT",
        matches: (types) => types.some((type) => MQTT_TYPES.includes(type)),
        parity: {
          class: "P",
          static: ALLOWED_TYPES,
          operator: ALLOWED_TYPES,
          severity: "harmless",
          example: ["MQTT"],
          consequence: (_, owner) =>
            `over MQTT, which has no signature of an nkey, ${owner} can log in only to the operator server, and only with \`bearer\``,
        },
      },
    ],
  },
  bearer: {
    parity: {
      class: "N",
      operator: "bearer_token",
      severity: "security",
      example: true,
      consequence: (_, owner) =>
        `the operator server accepts the JWT of ${owner} without its seed; the static server requires the seed`,
    },
    default: false,
  },
  proxyRequired: {
    parity: { class: "E", static: "proxy_required", operator: "proxy_required" },
    older: [
      {
        since: ["2.12.0"],
        parity: {
          class: "N",
          severity: "unusable",
          example: true,
          consequence: (_, owner) =>
            `the static server does not start with this setting of ${owner}, and the operator server ignores it`,
        },
      },
      {
        since: ["2.14.8", "2.15.1"],
        parity: {
          class: "N",
          static: "proxy_required",
          severity: "security",
          example: true,
          consequence: (_, owner) =>
            `${owner} may connect only through a trusted proxy; the operator server ignores this in the scope of a signing key`,
        },
      },
    ],
    default: false,
  },
};

function formatTimes({ ranges, zone }: Times): string {
  const spans = ranges.map(({ start, end }) => `${start}-${end}`);
  return `${joinSome(spans, "or")}${zone === undefined ? "" : ` (${zone})`}`;
}

/** Formats a duration; a number is in seconds. */
function formatDuration(duration: Duration): string {
  return typeof duration === "number" ? formatCount(duration, "second") : quoteText(duration);
}

/** The terms of a user. A static configuration has no times: it omits users outside of their validity. */
export const USER: Members<UserTerms> = {
  self: { parity: { class: "E", static: "users[].nkey", operator: "sub of a user JWT" } },
  members: {
    ...ACCESS,
    role: {
      parity: {
        class: "X",
        static: "the settings of the role, repeated for each user",
        operator: "issuer of the user JWT, one of signing_keys",
      },
    },
    tags: {
      parity: {
        class: "X",
        static: "a comment, and expanded into the templates of the role",
        operator: "tags of the user JWT",
      },
    },
    lifetime: {
      parity: {
        class: "N",
        operator: "exp of the user JWT, this long after iat",
        severity: "security",
        example: "90d",
        consequence: (lifetime, owner) =>
          `credentials of ${owner} expire on the operator server after ${formatDuration(lifetime)}; the static server accepts the seed for as long as the program declares the user`,
      },
    },
    renewBefore: { parity: { class: "M" } },
    expires: {
      parity: {
        class: "P",
        static: "omitted by the next update after that time",
        operator: "exp of the user JWT",
        severity: "security",
        example: "2027-01-31",
        consequence: (time, owner) =>
          `the operator server rejects ${owner} from ${quoteText(time)} on; the static server does so from the next update after that time`,
      },
    },
    notBefore: {
      parity: {
        class: "P",
        static: "omitted until the next update after that time",
        operator: "nbf of the user JWT",
        severity: "harmless",
        example: "2027-01-31",
        consequence: (time, owner) =>
          `the operator server accepts ${owner} from ${quoteText(time)} on; the static server does so from the next update after that time`,
      },
    },
  },
};

/** The terms of a role. */
export const ROLE: Members<RoleTerms> = {
  self: { parity: { class: "X", static: "the settings of each of its users", operator: "signing_keys, with a scope" } },
  members: { ...ACCESS, description: { parity: { class: "M", operator: "signing_keys.description" } } },
};
