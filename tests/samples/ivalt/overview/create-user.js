// JavaScript/Node.js Example
const createUser = async (apiKey, orgId, userData) => {
  const response = await axios.post(
    `https://api.ivalt.com/admin/public/api/organization/${orgId}/create/user`,
    {
      email: userData.email,
      country_code: userData.countryCode,
      mobile: userData.mobile,
      first_name: userData.firstName,
      last_name: userData.lastName
    },
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
const newUser = await createUser('YOUR_API_KEY', 123, {
  email: 'john.doe@example.com',
  countryCode: '+1',
  mobile: '2345678901',
  firstName: 'John',
  lastName: 'Doe'
});

console.log('User created:', newUser.status);
console.log('Message:', newUser.message);
