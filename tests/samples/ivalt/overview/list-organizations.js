// JavaScript/Node.js Example
const listOrganizations = async (apiKey) => {
  const response = await axios.get(
    'https://api.ivalt.com/admin/public/api/organizations',
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
const orgs = await listOrganizations('YOUR_API_KEY');
console.log('Status:', orgs.status);
console.log('Organizations:', orgs.data);
orgs.data.forEach(org => {
  console.log(`- ${org.name} (${org.slug})`);
});
