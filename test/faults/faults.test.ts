import { allFaults } from './all-faults.js';
import { sources } from './sources.js';
import { testFaults } from './test-faults.js';

testFaults(allFaults.filter((fault) => !sources.includes(fault)));
