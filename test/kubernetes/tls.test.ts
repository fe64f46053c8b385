import { describeTls } from "../stack/suites/tls";

describeTls("kubernetes");
