// JavaScript/Node.js Example
const axios = require('axios');

const getOrganization = async (apiKey, userId, orgCode) => {
  const response = await axios.get(
    `https://api.ivalt.com/admin/public/api/user/${userId}/organizations/${orgCode}`,
    {
      headers: {
        'x-api-key': apiKey,
        'Content-Type': 'application/json'
      }
    }
  );
  
  return response.data;
};

// Usage
const org = await getOrganization('YOUR_API_KEY', 123, 'ORG001');
console.log('Organization:', org.data);
console.log('Status:', org.status);
