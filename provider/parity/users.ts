import type { Permissions } from "../model/permissions";
import type { Members } from "./claims";

/** What one may publish and subscribe to. */
export const PERMISSIONS: Members<Permissions> = {
  members: {
    publish: {
      members: {
        allow: { parity: { class: "E", static: "permissions.publish.allow", operator: "pub.allow" } },
        deny: { parity: { class: "E", static: "permissions.publish.deny", operator: "pub.deny" } },
      },
    },
    subscribe: {
      members: {
        allow: { parity: { class: "E", static: "permissions.subscribe.allow", operator: "sub.allow" } },
        deny: { parity: { class: "E", static: "permissions.subscribe.deny", operator: "sub.deny" } },
      },
    },
  },
};
