import { describePreviews } from "../stack/suites/previews";

describePreviews("kubernetes");
