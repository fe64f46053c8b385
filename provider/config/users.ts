import type { Account } from "../model/account/account";
import { effectiveUsers, type EffectiveUser } from "../model/account/effective-users";
import type { Permissions, SubjectPermissions } from "../model/access/permissions";
import { countedResponses, type Responses } from "../model/access/responses";
import { nobodysKey } from "../nkeys/keys";
import { block, comment, indented, inline, list, setting, settings, texts, type Lines } from "./syntax";

/** The users of an account that may log in, each with all that the other server finds in the scope of a key. */
export function usersLines(account: Account): Lines {
  return list("users", effectiveUsers(account).flatMap(userLines));
}

/**
 * A user who cannot log in. A static server without any user lets everyone in, so this one is there when all others are
 * left out, since their JWTs are revoked say.
 */
export function nobodyLines(): Lines {
  return list("users", [
    comment("Nobody has the seed of this key: without any user, everyone would be let in."),
    inline([setting("nkey", nobodysKey("user"))]),
  ]);
}

function userLines({ name, publicKey, tags, access }: EffectiveUser): Lines {
  const { permissions, connectionTypes, proxyRequired } = access;
  const more = [
    ...texts("allowed_connection_types", connectionTypes),
    ...settings({ proxy_required: proxyRequired }),
    // An empty block would stand for permissions, and keep the account's default ones away.
    ...block("permissions", permissionsLines(permissions)),
  ];
  const nkey = setting("nkey", publicKey);
  return [
    comment(name),
    ...tagComments(tags),
    ...(more.length === 0 ? [inline([nkey])] : ["{", ...indented([nkey, ...more]), "}"]),
  ];
}

/** Tags, which the other server finds in a JWT: here they are for people. */
export function tagComments(tags: readonly string[] | undefined): string[] {
  return tags === undefined ? [] : [comment(`tags: ${tags.join(", ")}`)];
}

/** What a block of permissions says, whoever's they are. */
export function permissionsLines(permissions: Permissions | undefined): string[] {
  const { publish, subscribe, responses } = permissions ?? {};
  return [
    ...block("publish", subjectLines(publish)),
    ...block("subscribe", subjectLines(subscribe)),
    ...(responses === undefined ? [] : [`allow_responses: ${responsesText(responses)}`]),
  ];
}

function subjectLines(subjects: SubjectPermissions | undefined): string[] {
  return [...texts("allow", subjects?.allow), ...texts("deny", subjects?.deny)];
}

function responsesText(responses: Responses): string {
  const { max, expires } = countedResponses(responses);
  return inline(settings({ max, expires }));
}
