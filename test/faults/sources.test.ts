import { sources } from './sources.js';
import { testFaults } from './test-faults.js';

testFaults(sources);
