// The page's worker file.
import { serve } from "@gr/threads/worker";
import * as classics from "../../src/programs/classics.ts";
import * as parallel from "../../src/programs/classics-parallel.ts";

serve(classics, parallel);
