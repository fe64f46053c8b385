import type { CodeTable } from "./code";

/** Sets of users. */
export const USER_SETS_CODES = {
  NA1901: {
    title: "Set created too late",
    cause:
      "The claims of an account revoke the users that leave its sets, so they need all sets of the account. An account accepts sets until the program waits for the first time (`await`) after it has created the account.",
    remedy: "Wait for values before the account is created, or pass them to the set as outputs.",
  },
  NA1902: {
    title: "Name of several users",
    cause:
      "A name identifies a user among all users of its account, also across sets. Two users of an account have the same name.",
    remedy:
      "Rename or remove one of them. To move a user to another set with its key and its JWT, supply its `creds` there.",
  },
  NA1903: {
    title: "Names that differ in Unicode normalization only",
    cause:
      "Two names look the same and consist of different characters, such as `é` as one character and as `e` with an accent. They would be two users that people, and some file systems, cannot tell apart.",
    remedy: "Remove one of the two, or rename it.",
  },
  NA1904: {
    title: "More problems",
    cause: "A set has more problems than a message can list. The message contains the first ones.",
    remedy: "Correct the listed problems first: many problems often have one cause.",
  },
  NA1905: {
    title: "Unknown user of a set",
    cause: "The program asks for the credentials of a user that the set does not have.",
    remedy: "Correct the name, or add the user to the set.",
  },
  NA1906: {
    title: "Invalid users of a set",
    cause:
      "A set has its users from exactly one of `users` and `file`: an object of users by name, a list of names, or a file in CSV or JSON. With a `template`, users have no properties of their own.",
    remedy: "Set one of the two, in one of these forms.",
  },
  NA1907: {
    title: "Invalid role of a set",
    cause:
      "The key of a role signs the JWTs of all users of a set. The account does not declare the role, or the seed of its key is not managed here.",
    remedy: "Add the role to the `roles` of the account without a `publicKey`, or correct the name.",
  },
  NA1908: {
    title: "Unreadable file of users",
    cause:
      "A file of users cannot be read, is not CSV or JSON of the documented form, such as an empty file, or is larger than 32 MiB. Its name ends with `.csv` or `.json`.",
    remedy: "Correct the path or the file. Divide a large file into several sets.",
  },
  NA1909: {
    title: "Invalid account of a set",
    cause:
      "A set belongs to an `Account` that this program declares. Declare the sets of an account of another stack in that stack.",
    remedy: "Use an `Account` of this program, or declare the set in the program of the account.",
  },
  NA1910: {
    title: "Conflicting keys of a user",
    cause:
      "A user of a set has several of `seed`, `creds` and `publicKey`, each of which determines the key, or creds that are not the content of a creds file.",
    remedy: "Keep one of them.",
  },
  NA1911: {
    title: "Folder for creds not usable",
    cause:
      "The command `creds` writes secrets only to a folder that belongs to the user who runs it and that nobody else can read. It does not follow symbolic links.",
    remedy: "Choose a new folder, or remove the file or link in its place.",
  },
  NA1912: {
    title: "Several sets of one name",
    cause:
      "Two sets of an account have the same name, for example in two components. The name of a set identifies its users in the claims of the account, so the users of one set would be missing there.",
    remedy: "Rename one of the sets.",
  },
  NA1913: {
    title: "One file for two users",
    cause:
      "The names of two users differ in upper and lower case only, and the command `creds` writes to a file system that does not distinguish them, as those of macOS and Windows do by default.",
    remedy:
      "Rename one of the users, or choose a folder of a file system that distinguishes upper and lower case. With `--set`, the command writes the users of one set.",
  },
  NA1914: {
    title: "File without users",
    cause:
      "A file of users has none, for example because the export that was to write it failed. The update would revoke all users of the set.",
    remedy: "Correct the file. To declare a set without users, use `users: []` in place of `file`.",
  },
  NA1915: {
    title: "Many users removed at once",
    cause:
      "An update would remove more users from a set than `maxRemovals` permits: by default, more than 10 and more than a fifth of its users. Removed users are revoked, and get other keys if they are added again. A file that was cut, or a request that returned a part of the users, has this effect, too.",
    remedy:
      "Correct the file or the list. If the users are to be removed, set `maxRemovals` of the set to the number in the message, and remove it after the update.",
  },
  NA1916: {
    title: "Renamed set",
    cause:
      "The keys of a set come from a resource that has the name and the parent of the set. Most users of a set would get another key, and their present creds would be revoked, because the set has another name or parent, or because its users are in other sets without their keys.",
    remedy:
      "Add the former name or parent of the set to the `aliases` in its options. In other languages than TypeScript, keep the key of the set in `sets`, and set its `name`. If `pulumi up` has failed with this error, the state has a set with the new name or parent, and `aliases` have no effect: restore the former one and update, then rename. To move users to other sets with their keys, supply the `creds` of all of them, and add new users in a later update. To replace the keys, change `rotation.version` in the same update, or remove the set in an update of its own.",
  },
  NA1917: {
    title: "Rotation that could not end",
    cause:
      "The keys of so many users are rotated with an overlap that the JWT of the account has no room for their revocations. The overlap ends with a revocation of each replaced key, as long as the key of their role stays listed.",
    remedy:
      'Rotate fewer users in one update and replace the key of their role in between, or rotate all of them with `overlap: "none"`, together with the key of their role: see docs/users.md.',
  },
  NA1918: {
    title: "Missing set",
    cause:
      "The program no longer declares a set, and nothing else has its users: more than 10 of them, and more than a fifth. The update would revoke them. A program that waits (`await`) before it creates the set, or that creates sets from an incomplete list, has this effect, too.",
    remedy:
      "Create the set after its account and before the program waits. If the set is to be removed, add its name to `removedSets` of the account, and remove it from there after the update.",
  },
} as const satisfies CodeTable;
