"use strict";

/**
 * The SDK keeps a stack trace for each promise of a resource, in case it stays pending when the program ends. Tests and their
 * programs do not end so, and mapping the traces to their sources would take a third of the time of tests with mocks.
 */
const debuggable = require("@pulumi/pulumi/runtime/debuggable");

const { debuggablePromise } = debuggable;
debuggable.debuggablePromise = (...args) => {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return debuggablePromise(...args);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
};
