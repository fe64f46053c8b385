import { describePreviews } from "./suites/previews";

describePreviews("process");
describePreviews("process", 60);
