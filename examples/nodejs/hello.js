// Says hello: curl 'http://localhost:8080/function/hello?name=Ebb'
module.exports = async (event, context) => {
  return `Hello, ${event.query.name || 'World'}!\n`;
};
