process.stdout.write('auditail\n');
