import type { Access } from "../model/access/access";
import type { Permissions, Templates } from "../model/access/permissions";
import type { Duration } from "../model/form/quantities";
import type { RoleTerms } from "../model/users/roles";
import { hasTemplate } from "../model/access/template-syntax";
import type { Times } from "../model/access/times";
import type { UserTerms } from "../model/users/users";
import type { Case, Leaf, Members } from "./claims";
import { counted, plain, some } from "./words";

/** A list of subjects: exact, unless a server fills something in. */
function subjects(templates: Templates, onStatic: string, operator: string): Leaf<readonly string[]> {
  const filled: Case<readonly string[]> = {
    when: "with templates",
    holds: (list) => list.some(hasTemplate),
    parity: { class: "X", static: `${onStatic}, filled in for each user`, operator },
  };
  return { parity: { class: "E", static: onStatic, operator }, except: templates === "literal" ? [] : [filled] };
}

/**
 * What one may publish and subscribe to.
 *
 * @param templates whether templates have a meaning there
 * @param onStatic the name of the block in the static configuration
 * @param claim where the claims stand in the JWT, if not at its root
 */
export function permissions(templates: Templates, onStatic: string, claim?: string): Members<Permissions> {
  const list = (name: string, claimed: string) => subjects(templates, `${onStatic}.${name}`, at(claimed));
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
          deny: list("subscribe.deny", "sub.deny"),
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

/** What one may do, and from where, when and how. */
const ACCESS: Members<Access>["members"] = {
  permissions: permissions("filled in", "permissions"),
  limits: {
    members: {
      subscriptions: {
        parity: {
          class: "N",
          operator: "subs",
          severity: "security",
          example: 10,
          consequence: (count, who) =>
            `${who} may have ${counted(count, "subscription")} on a connection: the static server counts those of the account alone`,
        },
      },
      payload: {
        parity: {
          class: "N",
          operator: "payload",
          severity: "security",
          example: "64KiB",
          consequence: (size, who) =>
            `${who} may send ${typeof size === "number" ? counted(size, "byte") : size} in a message: the static server knows the limit of the account alone`,
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
      consequence: (networks, who) =>
        `${who} may connect from ${some(networks, "or")} only: the static server cannot check this`,
    },
  },
  times: {
    parity: {
      class: "N",
      operator: "times",
      severity: "security",
      example: { ranges: [{ start: "08:00:00", end: "17:30:00" }], zone: "Europe/Berlin" },
      consequence: (times, who) => `${who} may be connected ${hours(times)} only: the static server cannot check this`,
    },
    parts: { ranges: { start: "times.start", end: "times.end" }, zone: "times_location" },
  },
  connectionTypes: {
    parity: { class: "E", static: "allowed_connection_types", operator: "allowed_connection_types" },
  },
  bearer: {
    parity: {
      class: "N",
      operator: "bearer_token",
      severity: "security",
      example: true,
      consequence: (_, who) =>
        `the JWT alone lets ${who} in to the operator server, without the seed that the static server asks for`,
    },
    silent: false,
  },
  proxyRequired: {
    parity: { class: "E", static: "proxy_required", operator: "proxy_required" },
    silent: false,
  },
};

function hours({ ranges, zone }: Times): string {
  const spans = ranges.map(({ start, end }) => `${start}-${end}`);
  return `${some(spans, "or")}${zone === undefined ? "" : ` (${zone})`}`;
}

/** A static configuration has no times: what it says of them is who is in it. */
function inSeconds(duration: Duration): string {
  return typeof duration === "number" ? counted(duration, "second") : plain(duration);
}

/** What a program says of a user. */
export const USER: Members<UserTerms> = {
  self: { parity: { class: "E", static: "users[].nkey", operator: "sub of a user JWT" } },
  members: {
    ...ACCESS,
    role: {
      parity: {
        class: "X",
        static: "what the role says, for each user",
        operator: "the issuer of the user JWT, one of signing_keys",
      },
    },
    tags: {
      parity: {
        class: "X",
        static: "a comment, and filled into the templates of the role",
        operator: "tags of the user JWT",
      },
    },
    lifetime: {
      parity: {
        class: "N",
        operator: "exp of the user JWT, iat and this long",
        severity: "security",
        example: "90d",
        consequence: (lifetime, who) =>
          `credentials of ${who} end on the operator server after ${inSeconds(lifetime)}: its seed lets it in to the static server as long as the program has it`,
      },
    },
    renewBefore: { parity: { class: "M" } },
    expires: {
      parity: {
        class: "P",
        static: "left out from then on, by the next update",
        operator: "exp of the user JWT",
        severity: "security",
        example: "2027-01-31",
        consequence: (time, who) =>
          `the operator server keeps ${who} out from ${plain(time)} on: the static server does with the first update after that`,
      },
    },
    notBefore: {
      parity: {
        class: "P",
        static: "left out before it, until the next update",
        operator: "nbf of the user JWT",
        severity: "harmless",
        example: "2027-01-31",
        consequence: (time, who) =>
          `the operator server lets ${who} in from ${plain(time)} on: the static server does with the first update after that`,
      },
    },
  },
};

/** What a program says of a role. */
export const ROLE: Members<RoleTerms> = {
  self: { parity: { class: "X", static: "what each of its users may do", operator: "signing_keys, with a scope" } },
  members: { ...ACCESS, description: { parity: { class: "M", operator: "signing_keys.description" } } },
};
