import { describePreviews } from "./suites/previews";

describePreviews("process");
