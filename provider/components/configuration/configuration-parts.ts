import * as pulumi from "@pulumi/pulumi";
import { fatal, isRecord, listOf, matching, type Shape } from "../../model/form/shape";
import type { Account } from "../account/account";
import { isReference } from "../account/account-source";
import type { Operator } from "../operator/operator";

/** What a cluster reads of its operator, apart from optional members. */
const OPERATOR_MEMBERS: readonly string[] = [
  "operatorName",
  "publicKey",
  "jwt",
  "systemAccount",
  "signer",
  "info",
  "checkSigner",
  "gate",
] satisfies (keyof Operator)[];

/** What a cluster reads of its accounts, apart from optional members. */
const ACCOUNT_MEMBERS: readonly string[] = [
  "accountName",
  "publicKey",
  "jwt",
  "withoutActivation",
  "declaration",
  "givenKeys",
  "findKeys",
  "signedBy",
  "model",
  "gate",
] satisfies (keyof Account)[];
const NOT_AN_OPERATOR = matching("an `Operator`", "Use an `Operator` of this program.", () => false);
const NOT_AN_ACCOUNT = matching("an `Account`", "Use an `Account` of this program.", () => false);
/** The shape of a cluster's operator. */
export const OPERATOR: Shape = componentShape("Operator", OPERATOR_MEMBERS, NOT_AN_OPERATOR);
/** The shape of an account. */
export const ACCOUNT: Shape = (value, path) => {
  if (hasMembers(value, ACCOUNT_MEMBERS)) {
    return [];
  }
  if (isComponent("Account", value)) {
    return otherVersion(path);
  }
  if (isReference(value)) {
    return reference(path, { value: value.accountName });
  }
  return isExported(value) ? reference(path, {}) : NOT_AN_ACCOUNT(value, path);
};
/** The shape of a cluster's accounts. */
export const ACCOUNTS: Shape = listOf(ACCOUNT);

/** A component with these members. @param other reports any other value */
export function componentShape(name: string, members: readonly string[], other: Shape): Shape {
  return (value, path) => {
    if (hasMembers(value, members)) {
      return [];
    }
    return isComponent(name, value) ? otherVersion(path) : other(value, path);
  };
}

/** Returns whether a value may be the reference that another stack exports. */
function isExported(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || (isRecord(value) && "version" in value && "account" in value);
}

function reference(path: string, named: { readonly value?: string }): ReturnType<Shape> {
  return fatal({
    code: "NA4050",
    path,
    ...named,
    problem: "is a reference to an account; a cluster requires the account itself, signed by its operator",
    remedy:
      "Create the `Account` in this program, or with `Account.fromReference` from the reference that its stack exports.",
  });
}

/** Components of the same version work, even if several copies of the package are installed. */
function otherVersion(path: string): ReturnType<Shape> {
  return fatal({
    code: "NA4051",
    path,
    problem: "was created by a different version of pulumi-nats-auth than the component that uses it",
    remedy: "Install one version of the package: `npm ls pulumi-nats-auth` lists the installed ones.",
  });
}

/** Returns whether a value is a component of this package, of any version. */
function isComponent(name: string, value: unknown): boolean {
  return hasMembers(value, ["__pulumiType"]) && value.__pulumiType === `nats-auth:index:${name}`;
}

function hasMembers<Key extends string>(value: unknown, keys: readonly Key[]): value is Record<Key, unknown> {
  return typeof value === "object" && value !== null && keys.every((key) => key in value);
}
