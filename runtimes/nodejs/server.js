'use strict';

// The sign of life comes before anything else is loaded.
const fs = require('fs');
if (process.env.EBB_SOCKET) {
  fs.closeSync(fs.openSync(process.env.EBB_SOCKET + '.boot', 'w', 0o600));
}

require('./lib/main.js').main();
