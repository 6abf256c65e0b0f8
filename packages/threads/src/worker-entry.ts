// The worker file of programs without a bundler: knows no portables, imports the modules that records name.

import { serve } from "./worker.ts";

serve();
