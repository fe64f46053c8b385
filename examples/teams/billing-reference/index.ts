import * as pulumi from "@pulumi/pulumi";

const billing = new pulumi.StackReference(new pulumi.Config().require("billingStack"));

/**
 * For the platform's stack. Pulumi copies all outputs of a stack into the states of the stacks that refer to it, so the
 * seeds and creds are outputs of a different stack.
 */
export const reference = billing.requireOutput("reference");
