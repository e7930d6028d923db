// Sends a line each half second: curl -N 'http://localhost:8080/function/stream?lines=5'
module.exports = async function* (event) {
  for (let number = 0; number < Number(event.query.lines || 10); number++) {
    yield `line ${number}\n`;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
};
