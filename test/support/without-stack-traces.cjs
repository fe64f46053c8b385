"use strict";

/**
 * The SDK keeps a stack trace for each promise of a resource, in case it stays pending when the program ends, and sends the engine
 * one for each resource, for its logs. Tests and their programs use neither, and mapping the traces to their sources would take a
 * third of the time of tests with mocks.
 */
const { Resource } = require("@pulumi/pulumi");
const debuggable = require("@pulumi/pulumi/runtime/debuggable");

Resource.stackTrace = () => [];

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
